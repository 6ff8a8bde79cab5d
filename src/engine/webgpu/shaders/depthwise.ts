/**
 * WGSL of depthwise convolutions; the layer's dimensions are baked in, since division by a uniform costs
 * more than the arithmetic. int8 with dot4: up to four rows of a column are interleaved, so that one dot
 * does four taps of a channel; a column is reused by all outputs of a thread that see it.
 */
import type { Stage } from '../stage';
import { clampLines } from './matrix';
import { requantizing, stageWords } from './requantize';
import { bindings, lineEntry, packing, requiresDot } from './wgsl';

export interface DepthwiseSize {
  /** Images of the whole batch. */
  readonly images: number;
  readonly inH: number;
  readonly inW: number;
  readonly outH: number;
  readonly outW: number;
  readonly channels: number;
  readonly filterH: number;
  readonly filterW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly top: number;
  readonly left: number;
}

const range = (count: number) => Array.from({ length: count }, (_, at) => at);

/** Neighbouring outputs of a thread. */
export function outputsOf({ outW, dilationW }: DepthwiseSize): number {
  return dilationW !== 1 || outW < 3 ? 1 : outW < 6 ? 2 : 4;
}

/** Threads for all images. */
export function depthwiseThreads(size: DepthwiseSize, perPixel: number): number {
  return size.images * size.outH * Math.ceil(size.outW / outputsOf(size)) * perPixel;
}

/** Groups of up to four filter rows: rows of each. */
export function rowGroups(filterH: number): readonly (readonly number[])[] {
  return range(Math.ceil(filterH / 4)).map((group) =>
    range(Math.min(4, filterH - 4 * group)).map((row) => 4 * group + row),
  );
}

/** Where thread i stands: c (word or channel), first output column, row, image, corner of its window. */
function standing(size: DepthwiseSize, perPixel: number): string {
  const outputs = outputsOf(size);
  const across = Math.ceil(size.outW / outputs);
  return `  let c = i % ${perPixel}u; var t = i / ${perPixel}u;
  let ox = (t % ${across}u) * ${outputs}u; t = t / ${across}u;
  let oy = t % ${size.outH}u; let image = t / ${size.outH}u;
  let y0 = i32(oy) * ${size.strideH} - ${size.top}; let x0 = i32(ox) * ${size.strideW} - ${size.left};`;
}

interface Column {
  /** Offset from x0. */
  readonly at: number;
  /** Outputs that see it, with the filter column that they see it through. */
  readonly uses: readonly { readonly output: number; readonly tap: number }[];
}

function columnsOf(size: DepthwiseSize): Column[] {
  const outputs = outputsOf(size);
  const seen = new Map<number, { output: number; tap: number }[]>();
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < size.filterW; tap++) {
      const at = output * size.strideW + tap * size.dilationW;
      seen.set(at, [...(seen.get(at) ?? []), { output, tap }]);
    }
  }
  return [...seen].sort(([a], [b]) => a - b).map(([at, uses]) => ({ at, uses }));
}

const reader = (size: DepthwiseSize, perPixel: number, type: string, outside: string) => `
fn at(image: u32, y: i32, x: i32, c: u32) -> ${type} {
  let ok = (y >= 0) & (x >= 0) & (y < ${size.inH}) & (x < ${size.inW});
  let place = ((image * ${size.inH}u + u32(y)) * ${size.inW}u + u32(x)) * ${perPixel}u + c;
  return select(${outside}, X[select(0u, place, ok)], ok);
}`;

function stores(size: DepthwiseSize, perPixel: number, value: (output: number) => string): string {
  return `  let place = ((image * ${size.outH}u + oy) * ${size.outW}u + ox) * ${perPixel}u + c;
${range(outputsOf(size))
  .map((o) => `  if (ox + ${o}u < ${size.outW}u) { ${value(o)} Y[place + ${o * perPixel}u] = r; }`)
  .join('\n')}`;
}

/**
 * Bindings: X, Y, W, Q. W: per filter column, row group and word of channels a vec4 (dot4: one channel
 * each, its byte k the row 4·group + k), or, without dot4, per row and column one word of four channels.
 */
export function depthwiseInt8(
  size: DepthwiseSize,
  stage: Omit<Stage, 'numbers'>,
  outside: number,
  dot4: boolean,
): string {
  const words = Math.ceil(size.channels / 4);
  const groups = rowGroups(size.filterH);
  const outputs = range(outputsOf(size));
  const row = (x: number, y: number) => `at(image, y0 + ${y * size.dilationH}, x0 + ${x}, c)`;
  const withDot = ({ at, uses }: Column) =>
    groups
      .map((rows, group) => {
        const list = range(4).map((k) => (k < rows.length ? row(at, rows[k]!) : '0u'));
        const adds = uses.map(
          ({ output, tap }) =>
            `a${output} += dots(t, W[${(tap * groups.length + group) * words}u + c]);`,
        );
        return `  { let t = interleaved(${list.join(', ')}); ${adds.join(' ')} }`;
      })
      .join('\n');
  const byLanes = ({ at, uses }: Column) =>
    range(size.filterH)
      .map((y) => {
        const adds = uses.map(
          ({ output, tap }) =>
            `a${output} += v * unpack(W[${(y * size.filterW + tap) * words}u + c]);`,
        );
        return `  { let v = unpack(${row(at, y)}); ${adds.join(' ')} }`;
      })
      .join('\n');
  const dots = `
fn interleaved(r0: u32, r1: u32, r2: u32, r3: u32) -> vec4<u32> {
  let l = vec4<u32>(r0 & 0x00ff00ffu, r1 & 0x00ff00ffu, r2 & 0x00ff00ffu, r3 & 0x00ff00ffu);
  let h = vec4<u32>(r0 >> 8u, r1 >> 8u, r2 >> 8u, r3 >> 8u) & vec4<u32>(0x00ff00ffu);
  let l01 = l.x | (l.y << 8u); let l23 = l.z | (l.w << 8u);
  let h01 = h.x | (h.y << 8u); let h23 = h.z | (h.w << 8u);
  return vec4<u32>((l01 & 0xffffu) | (l23 << 16u), (h01 & 0xffffu) | (h23 << 16u),
    (l01 >> 16u) | (l23 & 0xffff0000u), (h01 >> 16u) | (h23 & 0xffff0000u));
}
fn dots(t: vec4<u32>, w: vec4<u32>) -> vec4<i32> {
  return vec4<i32>(dot4I8Packed(t.x, w.x), dot4I8Packed(t.y, w.y), dot4I8Packed(t.z, w.z), dot4I8Packed(t.w, w.w));
}`;
  return `${dot4 ? requiresDot : ''}
${bindings([
  { name: 'X', type: 'array<u32>' },
  { name: 'Y', type: 'array<u32>', access: 'write' },
  { name: 'W', type: dot4 ? 'array<vec4<u32>>' : 'array<u32>' },
  { name: 'Q', type: 'array<vec4<i32>>' },
])}
${packing}
${requantizing(stageWords(stage))}
${dot4 ? dots : ''}
${reader(size, words, 'u32', `${outside}u`)}
${lineEntry(
  depthwiseThreads(size, words),
  `${standing(size, words)}
${outputs.map((o) => `  var a${o} = vec4<i32>();`).join('\n')}
${columnsOf(size)
  .map(dot4 ? withDot : byLanes)
  .join('\n')}
  let q0 = Q[4u * c]; let q1 = Q[4u * c + 1u]; let q2 = Q[4u * c + 2u]; let q3 = Q[4u * c + 3u];
${stores(
  size,
  words,
  (o) =>
    `let r = pack(vec4<i32>(requantize(a${o}.x + q0.x, q0), requantize(a${o}.y + q1.x, q1), requantize(a${o}.z + q2.x, q2), requantize(a${o}.w + q3.x, q3)));`,
)}`,
)}`;
}

/** Bindings: X, Y, W, Q. W: rows, columns, channels as TFLite has them; four channels a thread where they fit. */
export function depthwiseFloat(
  size: DepthwiseSize,
  clamp: { readonly low: number; readonly high: number },
): string {
  const four = size.channels % 4 === 0;
  const type = four ? 'vec4<f32>' : 'f32';
  const perPixel = four ? size.channels / 4 : size.channels;
  const outputs = range(outputsOf(size));
  const taps = columnsOf(size)
    .map(({ at, uses }) =>
      range(size.filterH)
        .map((y) => {
          const adds = uses.map(
            ({ output, tap }) =>
              `a${output} = fma(v, W[${(y * size.filterW + tap) * perPixel}u + c], a${output});`,
          );
          return `  { let v = at(image, y0 + ${y * size.dilationH}, x0 + ${at}, c); ${adds.join(' ')} }`;
        })
        .join('\n'),
    )
    .join('\n');
  const clamped = four
    ? ['x', 'y', 'z', 'w'].map((lane) => clampLines(`r.${lane}`, clamp)).join('\n')
    : clampLines('r', clamp);
  return `${bindings([
    { name: 'X', type: `array<${type}>` },
    { name: 'Y', type: `array<${type}>`, access: 'write' },
    { name: 'W', type: `array<${type}>` },
    { name: 'Q', type: `array<${type}>` },
  ])}
${reader(size, perPixel, type, `${type}()`)}
${lineEntry(
  depthwiseThreads(size, perPixel),
  `${standing(size, perPixel)}
${outputs.map((o) => `  var a${o} = Q[c];`).join('\n')}
${taps}
${stores(size, perPixel, (o) => `var r = a${o};\n${clamped}\n`)}`,
)}`;
}

/** Channels with a depth multiplier, one lane at a time. Bindings: X, Y, W, Q; W as TFLite has it. */
export function depthwiseMultiplied(
  size: DepthwiseSize & { readonly multiplier: number },
  type:
    | { readonly kind: 'int8'; readonly stage: Omit<Stage, 'numbers'>; readonly zero: number }
    | { readonly kind: 'float32'; readonly low: number; readonly high: number },
): string {
  const outC = size.channels * size.multiplier;
  const isInt = type.kind === 'int8';
  const perPixel = isInt ? Math.ceil(outC / 4) : outC;
  const pixelWords = isInt ? Math.ceil(size.channels / 4) : size.channels;
  const one = isInt ? 'i32' : 'f32';
  const read = isInt
    ? `bitcast<i32>(X[(pixel * ${pixelWords}u) + source / 4u] << (24u - 8u * (source % 4u))) >> 24u`
    : `X[pixel * ${pixelWords}u + source]`;
  const zero = isInt ? type.zero : 0;
  const sum = `
fn sumOf(image: u32, y0: i32, x0: i32, channel: u32) -> ${one} {
  let source = channel / ${size.multiplier}u;
  var sum = ${one}();
  for (var ky = 0; ky < ${size.filterH}; ky++) {
    let y = y0 + ky * ${size.dilationH};
    if (y < 0 || y >= ${size.inH}) { continue; }
    for (var kx = 0; kx < ${size.filterW}; kx++) {
      let x = x0 + kx * ${size.dilationW};
      if (x < 0 || x >= ${size.inW}) { continue; }
      let pixel = (image * ${size.inH}u + u32(y)) * ${size.inW}u + u32(x);
      let k = u32(ky * ${size.filterW} + kx) * ${outC}u + channel;
      sum += ((${read}) - ${one}(${zero})) * W[k];
    }
  }
  return sum;
}`;
  const int8Body = `
  var q = vec4<i32>();
  for (var lane = 0u; lane < 4u; lane++) {
    let channel = min(4u * c + lane, ${outC - 1}u);
    let p = Q[channel];
    q[lane] = requantize(sumOf(image, y0, x0, channel) + p.x, p);
  }
  Y[i] = pack(q);`;
  const floatBody = `
  var r = sumOf(image, y0, x0, c) + Q[c];
${isInt ? '' : clampLines('r', type)}
  Y[i] = r;`;
  return `${bindings([
    { name: 'X', type: isInt ? 'array<u32>' : 'array<f32>' },
    { name: 'Y', type: isInt ? 'array<u32>' : 'array<f32>', access: 'write' },
    { name: 'W', type: isInt ? 'array<i32>' : 'array<f32>' },
    { name: 'Q', type: isInt ? 'array<vec4<i32>>' : 'array<f32>' },
  ])}
${isInt ? packing + requantizing(stageWords(type.stage)) : ''}
${sum}
${lineEntry(
  size.images * size.outH * size.outW * perPixel,
  `  let c = i % ${perPixel}u; var t = i / ${perPixel}u;
  let ox = t % ${size.outW}u; t = t / ${size.outW}u;
  let oy = t % ${size.outH}u; let image = t / ${size.outH}u;
  let y0 = i32(oy) * ${size.strideH} - ${size.top}; let x0 = i32(ox) * ${size.strideW} - ${size.left};
${isInt ? int8Body : floatBody}`,
)}`;
}
