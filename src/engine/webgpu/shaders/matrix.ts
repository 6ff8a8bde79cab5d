/**
 * WGSL of matrix products: rows of A (pixels) times packed columns of B, with the output stage fused.
 * One step along K is a vec4: 16 int8 or 4 float32. int8 sums are order-free, so K may be split anywhere.
 * `tile`: tiles in workgroup memory (large products); `direct`: operands from the caches, K split over the
 * workgroup (small ones); `row`: one row of A (batch 1). What A is read as: `rows` of whole vec4, `words`
 * of any length, or windows of a convolution (`taps`) whose pixels are whole vec4 or not (`tapWords`).
 */
import type { StageMode } from '../stage';
import { requantizing } from './requantize';
import { bindings, packing, requiresDot } from './wgsl';

export type Shape =
  | { readonly kind: 'tile'; readonly steps: 2 | 4 }
  | {
      readonly kind: 'direct';
      readonly columns: number;
      readonly rows: number;
      readonly slices: number;
    }
  | { readonly kind: 'row' };

export type Operand = 'rows' | 'words' | 'taps' | 'tapWords' | 'transposedTaps';

export interface MatrixOptions {
  readonly shape: Shape;
  readonly operand: Operand;
  /** How int8 is multiplied: by dot4I8Packed, or in f32, exact since a step's sum stays below 2^24. */
  readonly arithmetic: 'dot4' | 'f32' | 'float32';
  readonly stage:
    | { readonly kind: 'int8'; readonly mode: StageMode }
    | { readonly kind: 'float32'; readonly low: number; readonly high: number };
}

/** Rows and columns that a workgroup computes. */
export function tileOf(shape: Shape): { readonly rows: number; readonly columns: number } {
  switch (shape.kind) {
    case 'tile':
      return { rows: 64, columns: 64 };
    case 'direct':
      return { rows: 4 * shape.rows, columns: 4 * shape.columns };
    case 'row':
      return { rows: 1, columns: 8 };
    default:
      return shape satisfies never;
  }
}

export function shapeName(shape: Shape): string {
  switch (shape.kind) {
    case 'tile':
      return `64×64, K ${shape.steps * 16}`;
    case 'direct':
      return `direct ${shape.columns}×${shape.rows}, K in ${shape.slices}`;
    case 'row':
      return 'one row';
    default:
      return shape satisfies never;
  }
}

/** Words of the uniform, in order; matrixUniform writes them. */
export interface MatrixNumbers {
  /** Rows of the whole batch, columns (padded to 4 for int8), steps along K, words of a row of A. */
  readonly rows: number;
  readonly columns: number;
  readonly steps: number;
  readonly rowWords: number;
  /** Of a convolution; zeros otherwise. `pixel`: steps or words of one pixel. */
  readonly inH: number;
  readonly inW: number;
  readonly pixel: number;
  readonly filterW: number;
  readonly outW: number;
  readonly outPixels: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly top: number;
  readonly left: number;
  /** What lies outside the image. */
  readonly outside: number;
  readonly taps: number;
  /** Of the output stage of int8, signed. */
  readonly zero: number;
  readonly low: number;
  readonly high: number;
}

const fields: readonly (keyof MatrixNumbers)[] = [
  'rows',
  'columns',
  'steps',
  'rowWords',
  'inH',
  'inW',
  'pixel',
  'filterW',
  'outW',
  'outPixels',
  'strideH',
  'strideW',
  'dilationH',
  'dilationW',
  'top',
  'left',
  'outside',
  'taps',
  'zero',
  'low',
  'high',
];

export function matrixUniform(numbers: MatrixNumbers): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(fields.length / 4) * 4);
  fields.forEach((field, at) => (words[at] = numbers[field]));
  return words;
}

const range = (count: number) => Array.from({ length: count }, (_, at) => at);
const each = (count: number, line: (at: number) => string) => range(count).map(line).join('\n');
const lanes = ['x', 'y', 'z', 'w'] as const;

/**
 * `stepOf(m, k)`: step k of row m of A, zeros beyond its end. Without branches: software adapters inline
 * every call, and their compilers choke on nested ones.
 */
function reading(operand: Operand, isFloat: boolean): string {
  const scalar = isFloat ? 'f32' : 'u32';
  const outside = isFloat ? '0.0' : 'p.outside';
  const corner = `
struct Corner { image: u32, y: i32, x: i32 }
fn cornerOf(m: u32) -> Corner {
  let image = m / p.outPixels; let at = m % p.outPixels; let y = at / p.outW; let x = at % p.outW;
  return Corner(image * p.inH * p.inW, i32(y * p.strideH) - i32(p.top), i32(x * p.strideW) - i32(p.left));
}
fn seen(c: Corner, k: u32) -> vec3<i32> {
  let tap = k / p.pixel;
  return vec3<i32>(i32(tap), c.y + i32((tap / p.filterW) * p.dilationH), c.x + i32((tap % p.filterW) * p.dilationW));
}`;
  const inside = '(v.y >= 0) & (v.z >= 0) & (v.y < i32(p.inH)) & (v.z < i32(p.inW))';
  const place = '(c.image + u32(v.y) * p.inW + u32(v.z)) * p.pixel + k % p.pixel';
  const byWord = (of: string, before = '') => `
fn stepOf(m: u32, k: u32) -> vec4<${scalar}> {${before}
  var step = vec4<${scalar}>();
  for (var lane = 0u; lane < 4u; lane++) { step[lane] = wordOf(${of}, 4u * k + lane); }
  return step;
}`;
  switch (operand) {
    case 'rows':
      return `fn stepOf(m: u32, k: u32) -> vec4<${scalar}> { return A[m * p.steps + k]; }`;
    case 'words':
      return `
fn wordOf(m: u32, k: u32) -> ${scalar} {
  return select(${scalar}(0), A[m * p.rowWords + min(k, p.rowWords - 1u)], k < p.rowWords);
}${byWord('m')}`;
    case 'taps':
      return `${corner}
fn stepOf(m: u32, k: u32) -> vec4<${scalar}> {
  let c = cornerOf(m); let v = seen(c, k); let ok = ${inside};
  return select(vec4<${scalar}>(${outside}), A[select(0u, ${place}, ok)], ok);
}`;
    case 'tapWords':
      return `${corner}
fn wordOf(c: Corner, k: u32) -> ${scalar} {
  let v = seen(c, k); let ok = (u32(v.x) < p.taps) & ${inside};
  return select(${outside}, A[select(0u, ${place}, ok)], ok);
}${byWord('c', '\n  let c = cornerOf(m);')}`;
    case 'transposedTaps':
      return `
fn wordOf(m: u32, k: u32) -> ${scalar} {
  let image = m / p.outPixels; let pixel = m % p.outPixels; let tap = k / p.pixel;
  let y = i32(pixel / p.outW + p.top) - i32(tap / p.filterW);
  let x = i32(pixel % p.outW + p.left) - i32(tap % p.filterW);
  let strideH = i32(p.strideH); let strideW = i32(p.strideW);
  let inY = y / strideH; let inX = x / strideW;
  let ok = (tap < p.taps) & (y >= 0) & (x >= 0) & (inY * strideH == y) & (inX * strideW == x) &
    (inY < i32(p.inH)) & (inX < i32(p.inW));
  let place = ((image * p.inH + u32(inY)) * p.inW + u32(inX)) * p.pixel + k % p.pixel;
  return select(${outside}, A[select(0u, place, ok)], ok);
}${byWord('m')}`;
    default:
      return operand satisfies never;
  }
}

/** Lines that add one step of a rows × 4 tile: a0… (operands of A) and `b(j)` (an expression) to s0_0… */
function products(
  arithmetic: MatrixOptions['arithmetic'],
  rows: number,
  b: (column: number) => string,
): string {
  if (arithmetic !== 'f32') {
    const multiplied = (i: number, j: number) =>
      arithmetic === 'dot4'
        ? lanes.map((lane) => `s${i}_${j} += dot4I8Packed(a${i}.${lane}, b.${lane});`).join(' ')
        : `s${i}_${j} += dot(a${i}, b);`;
    return each(4, (j) => `{ let b = ${b(j)}; ${each(rows, (i) => multiplied(i, j))} }`);
  }
  const partial = each(rows, (i) => each(4, (j) => `var f${i}_${j} = 0.0;`));
  const body = each(
    4,
    (j) => `{ let b = ${b(j)};
${lanes
  .map(
    (lane) => `{ let w = vec4<f32>(unpack(b.${lane}));
${each(rows, (i) => `f${i}_${j} += dot(vec4<f32>(unpack(a${i}.${lane})), w);`)} }`,
  )
  .join('\n')} }`,
  );
  const flushed = each(rows, (i) => each(4, (j) => `s${i}_${j} += i32(f${i}_${j});`));
  return `{ ${partial}\n${body}\n${flushed} }`;
}

interface Parts {
  readonly scalar: 'u32' | 'f32';
  readonly sum: 'i32' | 'f32';
  readonly isFloat: boolean;
}

/** Stages differ from layer to layer; in the uniform they share a pipeline. */
const inUniform = {
  zero: 'bitcast<i32>(p.zero)',
  low: 'bitcast<i32>(p.low)',
  high: 'bitcast<i32>(p.high)',
};

/** `finish(sum, column)` of float32, or of four int8 columns at once. */
function finishing({ stage }: MatrixOptions): string {
  if (stage.kind === 'int8') {
    return `${requantizing({ mode: stage.mode, ...inUniform })}
fn finish(s: vec4<i32>, n: u32) -> u32 {
  let q0 = Q[n]; let q1 = Q[n + 1u]; let q2 = Q[n + 2u]; let q3 = Q[n + 3u];
  return pack(vec4<i32>(requantize(s.x + q0.x, q0), requantize(s.y + q1.x, q1),
    requantize(s.z + q2.x, q2), requantize(s.w + q3.x, q3)));
}`;
  }
  return `fn finish(s: f32, n: u32) -> f32 {
  var v = s + Q[n];
${clampLines('v', stage)}
  return v;
}`;
}

/** Clamps that let NaN pass. */
export function clampLines(
  name: string,
  { low, high }: { readonly low: number; readonly high: number },
): string {
  const lines: string[] = [];
  if (Number.isFinite(low))
    lines.push(`if (${name} < ${low.toFixed(1)}) { ${name} = ${low.toFixed(1)}; }`);
  if (Number.isFinite(high))
    lines.push(`if (${name} > ${high.toFixed(1)}) { ${name} = ${high.toFixed(1)}; }`);
  return lines.join('\n');
}

function tile(steps: number, options: MatrixOptions, { scalar, sum, isFloat }: Parts): string {
  const padded = 64 + 8 / steps;
  // int8: a thread packs four neighbouring columns, so B lies permuted; else columns 16 apart.
  const place = isFloat ? 'n' : '((n % 4u) * 16u + n / 4u)';
  return `
var<workgroup> tileA: array<vec4<${scalar}>, ${padded * steps}>;
var<workgroup> tileB: array<vec4<${scalar}>, ${64 * steps}>;
@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>,
        @builtin(local_invocation_index) thread: u32) {
  let m0 = (group.y + group.z * 65535u) * 64u; let n0 = group.x * 64u; let tx = local.x; let ty = local.y;
${each(4, (i) =>
  range(4)
    .map((j) => `var s${i}_${j} = ${sum}();`)
    .join(' '),
)}
  for (var k = 0u; k < p.steps; k += ${steps}u) {
    for (var i = thread; i < ${64 * steps}u; i += 256u) {
      let r = i / ${steps}u; let v = i % ${steps}u;
      var x = vec4<${scalar}>();
      if (m0 + r < p.rows && k + v < p.steps) { x = stepOf(m0 + r, k + v); }
      tileA[v * ${padded}u + r] = x;
    }
    for (var i = thread; i < ${64 * steps}u; i += 256u) {
      let v = i / 64u; let n = i % 64u;
      var x = vec4<${scalar}>();
      if (n0 + n < p.columns && k + v < p.steps) { x = B[(k + v) * p.columns + n0 + n]; }
      tileB[v * 64u + ${place}] = x;
    }
    workgroupBarrier();
${each(
  steps,
  (v) => `    {
${each(4, (i) => `let a${i} = tileA[${v * padded + 16 * i}u + ty];`)}
${products(options.arithmetic, 4, (j) => `tileB[${64 * v + 16 * j}u + tx]`)}
    }`,
)}
    workgroupBarrier();
  }
${each(4, (i) => {
  const list = range(4).map((j) => `s${i}_${j}`);
  const body = isFloat
    ? list
        .map(
          (sum, j) =>
            `{ let n = n0 + tx + ${16 * j}u; if (n < p.columns) { C[m * p.columns + n] = finish(${sum}, n); } }`,
        )
        .join('\n')
    : `let n = n0 + 4u * tx; if (n < p.columns) { C[(m * p.columns + n) / 4u] = finish(vec4<i32>(${list.join(', ')}), n); }`;
  return `{ let m = m0 + ty + ${16 * i}u; if (m < p.rows) { ${body} } }`;
})}
}`;
}

function direct(
  shape: Extract<Shape, { kind: 'direct' }>,
  options: MatrixOptions,
  { sum, isFloat }: Parts,
): string {
  const { columns: tx, rows: ty, slices } = shape;
  const wide = 4 * tx;
  const size = 16 * tx * ty;
  const threads = tx * ty * slices;
  const total = each(slices, (z) => `v += sums[${z * size}u + at];`);
  const stores = isFloat
    ? `for (var at = thread; at < ${size}u; at += ${threads}u) {
    let m = top + at / ${wide}u; let n = left + at % ${wide}u;
    if (m < p.rows && n < p.columns) { var v = f32(); ${total} C[m * p.columns + n] = finish(v, n); }
  }`
    : `for (var word = thread; word < ${size / 4}u; word += ${threads}u) {
    let m = top + word / ${tx}u; let n = left + 4u * (word % ${tx}u); let at = 4u * word;
    if (m < p.rows && n < p.columns) {
      var v = vec4<i32>();
      for (var z = 0u; z < ${slices}u; z++) {
        let o = z * ${size}u + at;
        v += vec4<i32>(sums[o], sums[o + 1u], sums[o + 2u], sums[o + 3u]);
      }
      C[(m * p.columns + n) / 4u] = finish(v, n);
    }
  }`;
  return `
var<workgroup> sums: array<${sum}, ${size * slices}>;
@compute @workgroup_size(${tx}, ${ty}, ${slices})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>,
        @builtin(local_invocation_index) thread: u32) {
  let top = (group.y + group.z * 65535u) * ${4 * ty}u; let left = group.x * ${wide}u;
${each(
  4,
  (i) =>
    `let m${i} = min(top + local.y + ${i * ty}u, p.rows - 1u); ${range(4)
      .map((j) => `var s${i}_${j} = ${sum}();`)
      .join(' ')}`,
)}
${each(4, (j) => `let n${j} = min(left + local.x + ${j * tx}u, p.columns - 1u);`)}
  for (var k = local.z; k < p.steps; k += ${slices}u) {
${each(4, (i) => `let a${i} = stepOf(m${i}, k);`)}
    let row = k * p.columns;
${products(options.arithmetic, 4, (j) => `B[row + n${j}]`)}
  }
  let base = local.z * ${size}u + local.x;
${each(4, (i) =>
  range(4)
    .map((j) => `sums[base + (local.y + ${i * ty}u) * ${wide}u + ${j * tx}u] = s${i}_${j};`)
    .join('\n'),
)}
  workgroupBarrier();
  ${stores}
}`;
}

/** One row of A: 8 columns, K in 32 slices. */
function row({ arithmetic }: MatrixOptions, { sum, isFloat }: Parts): string {
  const one = (lane: string) =>
    arithmetic === 'dot4'
      ? `s += dot4I8Packed(a.${lane}, b.${lane});`
      : `f += dot(vec4<f32>(unpack(a.${lane})), vec4<f32>(unpack(b.${lane})));`;
  const step = isFloat
    ? 's += dot(a, b);'
    : `var f = 0.0; ${lanes.map(one).join(' ')} s += i32(f);`;
  const store = isFloat
    ? `if (local.y == 0u && n < p.columns) { C[m * p.columns + n] = finish(sums[local.x], n); }`
    : `if (local.y == 0u && local.x % 4u == 0u && n < p.columns) {
    let at = local.x;
    C[(m * p.columns + n) / 4u] = finish(vec4<i32>(sums[at], sums[at + 1u], sums[at + 2u], sums[at + 3u]), n);
  }`;
  return `
var<workgroup> sums: array<${sum}, 256>;
@compute @workgroup_size(8, 32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let m = group.y + group.z * 65535u; let n = group.x * 8u + local.x;
  let row = min(m, p.rows - 1u);
  var s = ${sum}();
  if (n < p.columns) {
    for (var k = local.y; k < p.steps; k += 32u) {
      let a = stepOf(row, k); let b = B[k * p.columns + n];
      ${step}
    }
  }
  sums[local.y * 8u + local.x] = s;
  workgroupBarrier();
  for (var h = 16u; h > 0u; h = h / 2u) {
    if (local.y < h) { sums[local.y * 8u + local.x] += sums[(local.y + h) * 8u + local.x]; }
    workgroupBarrier();
  }
  if (m < p.rows) { ${store} }
}`;
}

function entry(options: MatrixOptions, parts: Parts): string {
  const { shape } = options;
  switch (shape.kind) {
    case 'tile':
      return tile(shape.steps, options, parts);
    case 'direct':
      return direct(shape, options, parts);
    case 'row':
      return row(options, parts);
    default:
      return shape satisfies never;
  }
}

/** Bindings: A, C, B, Q, p. */
export function matrixShader(options: MatrixOptions): string {
  const { arithmetic, operand } = options;
  const isFloat = arithmetic === 'float32';
  const scalar = isFloat ? 'f32' : 'u32';
  const whole = operand === 'rows' || operand === 'taps';
  return `${arithmetic === 'dot4' ? requiresDot : ''}
struct Numbers { ${fields.map((field) => `${field}: u32,`).join(' ')} }
${bindings([
  { name: 'A', type: whole ? `array<vec4<${scalar}>>` : `array<${scalar}>` },
  { name: 'C', type: `array<${isFloat ? 'f32' : 'u32'}>`, access: 'write' },
  { name: 'B', type: `array<vec4<${scalar}>>` },
  { name: 'Q', type: isFloat ? 'array<f32>' : 'array<vec4<i32>>' },
  { name: 'p', type: 'Numbers', access: 'uniform' },
])}
${isFloat ? '' : packing}
${reading(operand, isFloat)}
${finishing(options)}
${entry(options, { scalar, sum: isFloat ? 'f32' : 'i32', isFloat })}`;
}
