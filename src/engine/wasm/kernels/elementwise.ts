/**
 * ADD, SUB, MUL (int8 by XNNPACK's recipes, and float32) and unary operations. Operands have the
 * same shape, or the smaller one repeats along the leading axes.
 */
import { allocate, elementCount, type Value } from '../../../model/graph';
import { floatActivationRange } from '../../numerics';
import { xnnAddParams } from '../../reference/int/binary';
import { affine, isClamp, xnnActivationRange, type Affine } from '../../reference/int/site';
import { addressOf, type Build, type WasmFactory } from '../build';
import { referenceKernel } from '../../reference';

interface Pairing {
  /** Input positions: of the operand with all elements, and of the one that repeats. */
  readonly whole: 0 | 1;
  readonly repeats: number;
  readonly period: number;
}

/** Shorter runs are not worth a call; the reference does them. */
const leastPeriod = 4;
/** A constant is written out repeatedly, at most to this many elements, to make its runs longer. */
const longPeriod = 2048;

function trailing(shape: readonly number[]): readonly number[] {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(first);
}

export function pairing(a: Value, b: Value, output: Value): Pairing | undefined {
  const count = elementCount(output.shape);
  for (const whole of [0, 1] as const) {
    const full = whole === 0 ? a : b;
    const part = trailing((whole === 0 ? b : a).shape);
    if (elementCount(full.shape) !== count || count === 0) continue;
    const tail = full.shape.slice(full.shape.length - part.length);
    if (part.length > full.shape.length || part.some((size, i) => size !== tail[i])) continue;
    const period = elementCount(part);
    return { whole, repeats: count / period, period };
  }
  return undefined;
}

/** Address of the operand that repeats, and the runs that it allows; undefined: runs too short. */
export function repeating(build: Build, { whole, repeats, period }: Pairing) {
  const position = whole === 0 ? 1 : 0;
  const { data } = build.inputs[position]!;
  let times = data ? Math.min(repeats, Math.floor(longPeriod / period)) : 1;
  while (times > 1 && repeats % times !== 0) times--;
  if (repeats > 1 && period * times < leastPeriod) return undefined;
  if (times <= 1 || !data) return { operand: build.operand(position), repeats, period };
  const once = data as Int8Array | Int16Array | Float32Array;
  const written = allocate(build.inputs[position]!.dtype, period * times) as typeof once;
  for (let i = 0; i < times; i++) written.set(once, i * period);
  const address = build.place(written);
  return { operand: () => address, repeats: repeats / times, period: period * times };
}

const within = (ratio: number, least: number, most: number) => ratio >= least && ratio < most;

function addBlock(build: Build, whole: Affine, part: Affine, to: Affine, signs: [1 | -1, 1 | -1]) {
  const ratios = [whole, part].map((from) => Math.fround(from.scale / to.scale));
  // xnnpack_delegate.cc CheckTensorsInputOutputScale: TFLite's builtin kernel outside.
  if (!ratios.every((ratio) => within(ratio, 2 ** -10, 2 ** 8))) return undefined;
  const plain = xnnAddParams(whole, part, to, 1);
  const multiplierA = plain.multiplierA * signs[0];
  const multiplierB = plain.multiplierB * signs[1];
  const rounding = 2 ** (plain.shift - 1);
  const bias = rounding - multiplierA * whole.zeroPoint - multiplierB * part.zeroPoint;
  const { low, high } = xnnActivationRange(activationOf(build), to);
  return build.place(
    Int32Array.of(multiplierA, multiplierB, plain.shift, bias, to.zeroPoint, low, high),
  );
}

function mulBlock(build: Build, whole: Affine, part: Affine, to: Affine) {
  const scale = Math.fround(Math.fround(whole.scale * part.scale) / to.scale);
  // xnnpack_delegate.cc CheckTensorsInputProductOutputScale.
  if (!within(scale, 2 ** -16, 2 ** 8)) return undefined;
  const { low, high } = xnnActivationRange(activationOf(build), to);
  const block = Int32Array.of(whole.zeroPoint, part.zeroPoint, 0, to.zeroPoint, low, high);
  new Float32Array(block.buffer)[2] = scale;
  return build.place(block);
}

function activationOf({ node }: Build) {
  return 'activation' in node.attrs ? node.attrs.activation : 'NONE';
}

export const binary: WasmFactory = (build) => {
  const { node } = build;
  const [a, b] = build.inputs;
  const output = build.outputs[0];
  if (node.op !== 'ADD' && node.op !== 'SUB' && node.op !== 'MUL') return undefined;
  if (!a || !b || !output || a.dtype !== b.dtype || a.dtype !== output.dtype) return undefined;
  if (!isClamp(node.attrs.activation)) return undefined;
  const pair = pairing(a, b, output);
  if (!pair) return undefined;
  const { whole } = pair;
  const other = whole === 0 ? 1 : 0;
  if (a.dtype === 'float32') {
    if (node.op === 'SUB' && whole === 1) return undefined;
    const name = ({ ADD: 'addF32', SUB: 'subF32', MUL: 'mulF32' } as const)[node.op];
    const { low, high } = floatActivationRange(node.attrs.activation);
    const part = repeating(build, pair);
    if (!part) return undefined;
    const { operand: second, repeats, period } = part;
    const first = build.operand(whole);
    const run = build.spread({ name, ...twoOperands(repeats, period, 4000) });
    return (inputs, outputs) =>
      run(first(inputs), second(inputs), addressOf(outputs[0]), repeats, period, low, high);
  }
  const wholeGrid = affine(build.inputs[whole]);
  const partGrid = affine(build.inputs[other]);
  const to = affine(output);
  if (a.dtype !== 'int8' || !wholeGrid || !partGrid || !to) return undefined;
  const signs: [1 | -1, 1 | -1] = node.op === 'ADD' ? [1, 1] : whole === 0 ? [1, -1] : [-1, 1];
  const block =
    node.op === 'MUL'
      ? mulBlock(build, wholeGrid, partGrid, to)
      : addBlock(build, wholeGrid, partGrid, to, signs);
  if (block === undefined) return undefined;
  const part = repeating(build, pair);
  if (!part) return undefined;
  const { operand: second, repeats, period } = part;
  const first = build.operand(whole);
  const run = build.spread({
    name: node.op === 'MUL' ? 'mulI8' : 'addI8',
    ...twoOperands(repeats, period, 8000),
  });
  return (inputs, outputs) =>
    run(block, first(inputs), second(inputs), addressOf(outputs[0]), repeats, period);
};

/** Units of a kernel of two operands: repetitions, or elements where there is one. */
export const twoOperands = (repeats: number, period: number, perUs: number) => ({
  units: repeats === 1 ? period : repeats,
  us: (repeats * period) / perUs,
  grain: repeats === 1 ? 64 : 1,
});

/** The same of one operand. `perUs`: elements a microsecond of one thread, roughly. */
export const oneOperand = (count: number, perUs: number) => ({
  units: count,
  us: count / perUs,
  grain: 64,
});

export function sameCount(a: Value | undefined, b: Value | undefined): boolean {
  return a !== undefined && b !== undefined && elementCount(a.shape) === elementCount(b.shape);
}

/** Unary int8 → int8: the reference fills a table of all 256 results. */
export const table: WasmFactory = (build) => {
  const [input] = build.inputs;
  const output = build.outputs[0];
  if (!sameCount(input, output)) return undefined;
  if (input?.dtype !== 'int8' || output?.dtype !== 'int8') return undefined;
  const shape = [256];
  const kernel = referenceKernel({
    node: build.node,
    rounding: build.rounding,
    inputs: [{ ...input, shape, signature: undefined }, ...build.inputs.slice(1)],
    outputs: [{ ...output, shape, signature: undefined }],
  });
  if (!kernel) return undefined;
  const data = Int8Array.from({ length: 256 }, (_, index) => index - 128);
  const results = new Int8Array(256);
  const rest = build.inputs
    .slice(1)
    .map((value) => (value?.data ? { ...value, data: value.data } : undefined));
  kernel([{ shape, dtype: 'int8', data }, ...rest], [{ shape, dtype: 'int8', data: results }]);
  const address = build.place(results);
  const count = elementCount(output.shape);
  const from = build.operand(0);
  const run = build.spread({ name: 'tableI8', ...oneOperand(count, 2000) });
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), address);
};

export const relu: WasmFactory = (build) => {
  const { op } = build.node;
  const [input] = build.inputs;
  if (!sameCount(input, build.outputs[0])) return undefined;
  if (input?.dtype !== 'float32') return table(build);
  if (op !== 'RELU' && op !== 'RELU6' && op !== 'RELU_N1_TO_1') return undefined;
  const { low, high } = floatActivationRange(op);
  const count = elementCount(input.shape);
  const from = build.operand(0);
  const run = build.spread({ name: 'clampF32', ...oneOperand(count, 4000) });
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), low, high);
};

export const quantize: WasmFactory = (build) => {
  const [input] = build.inputs;
  const output = build.outputs[0];
  const to = affine(output);
  if (output?.dtype !== 'int8' || !to || !sameCount(input, output)) return undefined;
  if (input?.dtype !== 'float32') return table(build);
  const inverse = Math.fround(1 / to.scale);
  const count = elementCount(output.shape);
  const from = build.operand(0);
  const run = build.spread({ name: 'quantizeF32', ...oneOperand(count, 5000) });
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), inverse, to.zeroPoint);
};

export const dequantize: WasmFactory = (build) => {
  const [input] = build.inputs;
  const output = build.outputs[0];
  const grid = affine(input);
  if (input?.dtype !== 'int8' || output?.dtype !== 'float32' || !grid) return undefined;
  if (!sameCount(input, output)) return undefined;
  const count = elementCount(output.shape);
  const from = build.operand(0);
  const run = build.spread({ name: 'dequantizeI8', ...oneOperand(count, 5000) });
  return (inputs, outputs) => run(from(inputs), addressOf(outputs[0]), grid.scale, grid.zeroPoint);
};

/** Same elements in the same order, another shape. */
export const copy: WasmFactory = (build) => {
  const [input] = build.inputs;
  const output = build.outputs[0];
  if (!input || !output || input.data || input.dtype !== output.dtype) return undefined;
  if (!sameCount(input, output)) return undefined;
  const from = build.operand(0);
  return (inputs, outputs) =>
    build.kernels.copyBytes(from(inputs), addressOf(outputs[0]), outputs[0]!.data.byteLength);
};
