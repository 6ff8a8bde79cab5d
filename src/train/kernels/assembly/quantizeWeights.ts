// Fake quantization of weights, symmetric, ties away from zero as the converter rounds them, with LSQ
// gradients (arXiv 1902.08153). Weights are [outer][channels][inner]; one scale, or one per channel.
import { loadPart, storePart, sumOf } from './lanes';

const ALMOST_HALF: f32 = 0.49999997;

// @ts-ignore: decorator
@inline
function quantized(v: v128, l: v128, h: v128): v128 {
  const sign = v128.and(v, i32x4.splat(0x80000000));
  const q = f32x4.trunc(f32x4.add(v, v128.or(sign, f32x4.splat(ALMOST_HALF))));
  return f32x4.pmin(f32x4.pmax(q, l), h);
}

export function fakeQuantizeWeights(
  w: usize,
  out: usize,
  outer: i32,
  channels: i32,
  inner: i32,
  scales: usize,
  many: i32,
  levels: f32,
): void {
  const l = f32x4.splat(-levels);
  const h = f32x4.splat(levels);
  const rows = many ? (inner == 1 ? outer : outer * channels) : 1;
  const length = many ? (inner == 1 ? channels : inner) : outer * channels * inner;
  const each = many && inner == 1;
  for (let row = 0; row < rows; row++) {
    let s = v128.load32_splat(many && !each ? scales + ((row % channels) << 2) : scales);
    for (let i = 0; i < length; i += 4) {
      const at = i << 2;
      const count = length - i;
      if (each) s = loadPart(scales + at, count);
      const q = quantized(f32x4.div(loadPart(w + at, count), s), l, h);
      storePart(out + at, f32x4.mul(q, s), count);
    }
    w += length << 2;
    out += length << 2;
  }
}

/** dw inside the range, ds [1] or [channels]. */
export function fakeQuantizeWeightsGradient(
  w: usize,
  dy: usize,
  dw: usize,
  ds: usize,
  outer: i32,
  channels: i32,
  inner: i32,
  scales: usize,
  many: i32,
  levels: f32,
): void {
  const l = f32x4.splat(-levels);
  const h = f32x4.splat(levels);
  const rows = many ? (inner == 1 ? outer : outer * channels) : 1;
  const length = many ? (inner == 1 ? channels : inner) : outer * channels * inner;
  const each = many && inner == 1;
  memory.fill(ds, 0, many ? channels << 2 : 4);
  for (let row = 0; row < rows; row++) {
    const channel = many && !each ? (row % channels) << 2 : 0;
    let s = v128.load32_splat(scales + channel);
    let sum = f32x4.splat(0);
    for (let i = 0; i < length; i += 4) {
      const at = i << 2;
      const count = length - i;
      if (each) s = loadPart(scales + at, count);
      const v = f32x4.div(loadPart(w + at, count), s);
      const g = loadPart(dy + at, count);
      const inside = v128.and(f32x4.ge(v, l), f32x4.le(v, h));
      const part = f32x4.mul(g, f32x4.sub(quantized(v, l, h), v128.and(v, inside)));
      storePart(dw + at, v128.and(g, inside), count);
      if (each) storePart(ds + at, f32x4.add(loadPart(ds + at, count), part), count);
      else sum = f32x4.add(sum, part);
    }
    if (!each) f32.store(ds + channel, f32.load(ds + channel) + sumOf(sum));
    w += length << 2;
    dy += length << 2;
    dw += length << 2;
  }
}

/** A bias on its int32 grid, scale of the input × scale of the weights. */
export function fakeQuantizeBias(
  b: usize,
  out: usize,
  n: i32,
  inputScale: usize,
  scales: usize,
  many: i32,
): void {
  const si = f32.load(inputScale);
  for (let i = 0; i < n; i++) {
    const s = si * f32.load(many ? scales + (i << 2) : scales);
    const v = f32.load(b + (i << 2)) / s;
    f32.store(out + (i << 2), trunc(v + copysign<f32>(ALMOST_HALF, v)) * s);
  }
}
