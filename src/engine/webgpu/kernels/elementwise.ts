/**
 * Arithmetic of one or two tensors. int8: ADD, SUB and MUL as XNNPACK computes them; every other function of
 * one or two int8 is a table that the reference fills. float32: WGSL's own functions.
 */
import type { Value } from '../../../model/graph';
import type { OpName } from '../../../model/ops';
import type { KernelSite } from '../../engine';
import { floatActivationRange } from '../../numerics';
import { integerKernel } from '../../reference/int';
import { xnnAddParams } from '../../reference/int/binary';
import { affine, isClamp, xnnActivationRange } from '../../reference/int/site';
import { clampLines } from '../shaders/matrix';
import { requantizing, stageWords } from '../shaders/requantize';
import { bindings, lineEntry, packing } from '../shaders/wgsl';
import { floatStage, stageTable } from '../stage';
import {
  layout,
  lineProgram,
  only,
  sampleWords,
  type GpuKernelFactory,
  type GpuSite,
} from './site';

const f = Math.fround;

/** Expressions of float32 functions of x. */
const floatFunctions: Readonly<Partial<Record<OpName, string>>> = {
  ABS: 'abs(x)',
  CEIL: 'ceil(x)',
  COS: 'cos(x)',
  ELU: 'select(x, select(exp(x) - 1.0, x * (1.0 + x * (0.5 + x / 6.0)), x > -0.02), x < 0.0)',
  EXP: 'exp(x)',
  FLOOR: 'floor(x)',
  HARD_SWISH: 'x * clamp(x + 3.0, 0.0, 6.0) / 6.0',
  LOG: 'log(x)',
  LOGISTIC: '1.0 / (1.0 + exp(-x))',
  NEG: '-x',
  RELU: 'select(x, 0.0, x < 0.0)',
  RELU6: 'select(select(x, 0.0, x < 0.0), 6.0, x > 6.0)',
  RELU_0_TO_1: 'select(select(x, 0.0, x < 0.0), 1.0, x > 1.0)',
  RELU_N1_TO_1: 'select(select(x, -1.0, x < -1.0), 1.0, x > 1.0)',
  ROUND: 'round(x)',
  RSQRT: '1.0 / sqrt(x)',
  SIGN: 'sign(x)',
  SIN: 'sin(x)',
  SQRT: 'sqrt(x)',
  SQUARE: 'x * x',
  TANH: 'tanh(clamp(x, -20.0, 20.0))',
};

/** Of x and y. */
const floatPairs: Readonly<Partial<Record<OpName, string>>> = {
  ADD: 'x + y',
  DIV: 'x / y',
  MAXIMUM: 'select(x, y, x < y)',
  MINIMUM: 'select(x, y, y < x)',
  MUL: 'x * y',
  PRELU: 'select(x, x * y, x < 0.0)',
  SQUARED_DIFFERENCE: '(x - y) * (x - y)',
  SUB: 'x - y',
};

/** The reference's kernel on every pair (or every one) of int8, the first of a pair being the slower. */
function tableOf(site: KernelSite, arity: 1 | 2): Int8Array<ArrayBuffer> | undefined {
  const shape = arity === 1 ? [256] : [256, 256];
  const one = (value: Value): Value => ({ ...value, shape, data: undefined });
  const inputs = site.inputs.slice(0, arity).map((value) => one(value!));
  const outputs = [one(site.outputs[0]!)];
  if (outputs[0]!.dtype !== 'int8') return undefined;
  const kernel = integerKernel({ ...site, inputs, outputs });
  if (!kernel) return undefined;
  const count = 256 ** arity;
  const operands = inputs.map((_, at) => {
    const slow = arity - 1 - at;
    return Int8Array.from({ length: count }, (__, i) => (Math.floor(i / 256 ** slow) % 256) - 128);
  });
  const data = new Int8Array(count);
  kernel(
    operands.map((own) => ({ shape, dtype: 'int8' as const, data: own })),
    [{ shape, dtype: 'int8', data }],
  );
  return data;
}

/** Index of an operand's row for row `row` of the output, as WGSL. */
function rowOf(output: readonly number[], own: readonly number[]): string {
  const lead = output.slice(0, -1);
  const lying = own.slice(0, -1);
  const missing = lead.length - lying.length;
  if (missing === 0 && lying.every((size, axis) => size === lead[axis])) return 'row';
  const terms: string[] = [];
  let below = 1;
  let step = 1;
  for (let axis = lead.length - 1; axis >= 0; axis--) {
    const size = axis < missing ? 1 : lying[axis - missing]!;
    if (size !== 1) terms.push(`((row / ${below}u) % ${lead[axis]!}u) * ${step}u`);
    below *= lead[axis]!;
    step *= size;
  }
  return terms.length === 0 ? '0u' : terms.join(' + ');
}

/** WGSL that reads operand `name` for word or element `column` of row `row` of sample `sample`. */
function operand(name: string, value: Value, output: Value): string {
  const own = layout(value);
  const to = layout(output);
  const row = rowOf(output.shape, value.shape);
  const base = `sample * ${sampleWords(value)}u + (${row}) * ${own.stride}u`;
  if (own.width === to.width) return `${name}[${base} + column]`;
  return own.dtype === 'int8' ? `(${name}[${base}] & 255u) * 0x01010101u` : `${name}[${base}]`;
}

/** A line program over the output's words; `body` computes `r` from `x` (and `y`). */
function overWords(
  site: GpuSite,
  name: string,
  arity: 1 | 2,
  {
    declarations = '',
    constants = [],
    extra = [],
    body,
  }: {
    readonly declarations?: string;
    readonly constants?: readonly ArrayBufferView<ArrayBuffer>[];
    readonly extra?: readonly { readonly name: string; readonly type: string }[];
    readonly body: string;
  },
) {
  const output = site.outputs[0]!;
  const { words, stride, dtype } = layout(output);
  const type = dtype === 'int8' ? 'array<u32>' : 'array<f32>';
  const operands = ['X', 'Z'].slice(0, arity);
  const alike = operands.every((_, at) => {
    const value = site.inputs[at]!;
    return value.data === undefined && value.shape.join() === output.shape.join();
  });
  const reads = operands.map((own, at) => {
    const value = alike ? `${own}[i]` : operand(own, site.inputs[at]!, output);
    return `  let ${own === 'X' ? 'x' : 'y'} = ${value};`;
  });
  const place = `  let sample = i / ${words}u; let row = (i % ${words}u) / ${stride}u; let column = i % ${stride}u;`;
  const code = `${bindings([
    ...operands.map((own) => ({ name: own, type })),
    { name: 'Y', type, access: 'write' as const },
    ...extra,
  ])}
${dtype === 'int8' ? packing : ''}
${declarations}
${lineEntry(site.batch * words, `${alike ? '' : place}\n${reads.join('\n')}\n${body}\n  Y[i] = r;`)}`;
  return only(
    lineProgram({
      family: 'elementwise',
      name: `${name} ${dtype}`,
      reads: site.inputIndices.slice(0, arity),
      writes: site.outputIndices,
      ...{ code, constants, perSample: words },
    }),
  );
}

function floatKernel(site: GpuSite, arity: 1 | 2) {
  const { node } = site;
  const activation = 'activation' in node.attrs ? node.attrs.activation : 'NONE';
  if (!isClamp(activation)) return `has the activation ${activation}`;
  let expression = (arity === 1 ? floatFunctions : floatPairs)[node.op];
  let declarations = '';
  if (node.op === 'LEAKY_RELU') expression = `select(x, x * f32(${node.attrs.alpha}), x < 0.0)`;
  if (node.op === 'GELU') {
    expression = node.attrs.approximate
      ? '0.5 * x * (1.0 + tanh(clamp(0.7978845608 * (x + 0.044715 * x * x * x), -20.0, 20.0)))'
      : '0.5 * x * complement(-x * 0.7071067812)';
    declarations = erfc;
  }
  if (!expression) return 'has no function in WGSL';
  const clamp = clampLines('r', floatActivationRange(activation));
  return overWords(site, node.op, arity, {
    declarations,
    body: `  var r = ${expression};\n${clamp}`,
  });
}

/** Numerical Recipes §6.2 erfcc: fractional error below 1.2e-7. */
const erfc = `
fn complement(x: f32) -> f32 {
  let z = abs(x); let t = 1.0 / (1.0 + 0.5 * z);
  let s = t * exp(-z * z - 1.26551223 + t * (1.00002368 + t * (0.37409196 + t * (0.09678418 +
    t * (-0.18628806 + t * (0.27886807 + t * (-1.13520398 + t * (1.48851587 +
    t * (-0.82215223 + t * 0.17087277)))))))));
  return select(s, 2.0 - s, x < 0.0);
}`;

function oneInt8(site: GpuSite) {
  const table = tableOf(site, 1);
  if (!table) return 'has no int8 table';
  return overWords(site, site.node.op, 1, {
    constants: [Int32Array.from(table)],
    extra: [{ name: 'T', type: 'array<i32, 256>' }],
    body: '  let v = unpack(x) + vec4<i32>(128);\n  let r = pack(vec4<i32>(T[v.x], T[v.y], T[v.z], T[v.w]));',
  });
}

/** ADD and SUB within XNNPACK's limits: 21-bit multipliers, one rounding shift. */
function addition(site: GpuSite) {
  const { node } = site;
  if (node.op !== 'ADD' && node.op !== 'SUB') return undefined;
  const [a, b, to] = [affine(site.inputs[0]), affine(site.inputs[1]), affine(site.outputs[0])];
  if (!a || !b || !to || !isClamp(node.attrs.activation)) return undefined;
  const within = [a, b].every((one) => {
    const ratio = f(one.scale / to.scale);
    return ratio >= 2 ** -10 && ratio < 2 ** 8;
  });
  if (!within) return undefined;
  const { multiplierA, multiplierB, shift, bias } = xnnAddParams(
    a,
    b,
    to,
    node.op === 'ADD' ? 1 : -1,
  );
  const { low, high } = xnnActivationRange(node.attrs.activation, to);
  return overWords(site, node.op, 2, {
    body: `  let sum = unpack(x) * vec4<i32>(${multiplierA}) + unpack(y) * vec4<i32>(${multiplierB}) + vec4<i32>(${bias});
  let r = pack(clamp((sum >> vec4<u32>(${shift}u)) + vec4<i32>(${to.zeroPoint}), vec4<i32>(${low}), vec4<i32>(${high})));`,
  });
}

/** MUL within XNNPACK's limits: a float32 scale. */
function multiplication(site: GpuSite) {
  const { node } = site;
  if (node.op !== 'MUL' || !isClamp(node.attrs.activation)) return undefined;
  const [a, b, to] = [affine(site.inputs[0]), affine(site.inputs[1]), affine(site.outputs[0])];
  if (!a || !b || !to) return undefined;
  const scale = f(f(a.scale * b.scale) / to.scale);
  if (!(scale >= 2 ** -16 && scale < 2 ** 8)) return undefined;
  const range = xnnActivationRange(node.attrs.activation, to);
  const stage = floatStage([scale], to.zeroPoint, range, site.abilities.floats);
  return overWords(site, node.op, 2, {
    declarations: requantizing(stageWords(stage)),
    constants: [stageTable(stage, [])],
    extra: [{ name: 'Q', type: 'array<vec4<i32>>' }],
    body: `  let v = (unpack(x) - vec4<i32>(${a.zeroPoint})) * (unpack(y) - vec4<i32>(${b.zeroPoint}));
  let p = Q[0];
  let r = pack(vec4<i32>(requantize(v.x, p), requantize(v.y, p), requantize(v.z, p), requantize(v.w, p)));`,
  });
}

function twoInt8(site: GpuSite) {
  const table = tableOf(site, 2);
  if (!table) return 'has no int8 table';
  return overWords(site, site.node.op, 2, {
    declarations: `fn entry(a: i32, b: i32) -> i32 {
  let at = u32(256 * (a + 128) + b + 128);
  return bitcast<i32>(T[at / 4u] << (24u - 8u * (at % 4u))) >> 24u;
}`,
    constants: [table],
    extra: [{ name: 'T', type: 'array<u32, 16384>' }],
    body: `  let a = unpack(x); let b = unpack(y);
  let r = pack(vec4<i32>(entry(a.x, b.x), entry(a.y, b.y), entry(a.z, b.z), entry(a.w, b.w)));`,
  });
}

export const unary: GpuKernelFactory = (site) => {
  const [x] = site.inputs;
  if (x!.dtype !== site.outputs[0]!.dtype)
    return `goes from ${x!.dtype} to ${site.outputs[0]!.dtype}`;
  return x!.dtype === 'float32' ? floatKernel(site, 1) : oneInt8(site);
};

export const binary: GpuKernelFactory = (site) => {
  const [x, y] = site.inputs;
  const output = site.outputs[0]!;
  if (!y || x!.dtype !== output.dtype || y.dtype !== output.dtype)
    return `takes ${x!.dtype} and ${y?.dtype ?? 'nothing'} to ${output.dtype}`;
  if (x!.dtype === 'float32') return floatKernel(site, 2);
  return addition(site) ?? multiplication(site) ?? twoInt8(site);
};
