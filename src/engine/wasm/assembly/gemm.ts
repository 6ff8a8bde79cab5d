/**
 * Convolution and fully-connected layers as one loop: a row of the matrix is an output pixel, and
 * its operand is `segments` runs of `words` words in the padded input (lanes.ts, A form).
 * Weights lie in panels of 8 output channels:
 *   8 × bias (int32 or float32), segments·words × 8 channels × one word, 8 × float32 scale (int8 only).
 * T is what comes out: i8 (requantized), i32 (raw sums), f32 (float all through).
 * Each kernel computes the rows first…last, or where it says so the blocks of channels.
 */
import { dot, scaled, store4Tail, store8Tail } from './lanes';

/** Written by matmul.ts: words in this order. */
@unmanaged
export class Gemm {
  rows: i32;
  /** Output pixels per image line, and bytes between neighbours in a line and between lines. */
  width: i32;
  stepX: i32;
  stepY: i32;
  /** int32 byte offsets of the runs. */
  offsets: usize;
  segments: i32;
  words: i32;
  panels: usize;
  panelBytes: i32;
  channels: i32;
  /** Bytes between output rows. */
  outStep: i32;
  /** Bits of MAGIC less the zero point. */
  less: i32;
  /** Clamp: four times the same byte, or the bits of a float32. */
  low: i32;
  high: i32;
  /** Sums may leave the range of `scaled`: clamp before narrowing, at `magicLow`. */
  wide: i32;
  magicLow: i32;
  /** Whole vectors of a run in bytes, and 16 bytes that mask the rest of it (0: none). */
  whole: i32;
  rest: usize;
  /** Constants: V8 builds a vector constant anew at every use, a load is cheaper. */
  magic: i32;
  ones: i32;
}

/** ACT_U8: −128·Σa of one row in every lane, because the weights are stored plus 128. */
function rowSum(g: Gemm, row: usize): v128 {
  const ones = v128.load32_splat(changetype<usize>(g), offsetof<Gemm>('ones'));
  let sum = i32x4.splat(0);
  const whole = g.whole;
  const rest = g.rest;
  const last = g.offsets + (g.segments << 2);
  for (let at = g.offsets; at < last; at += 4) {
    let p = row + load<i32>(at);
    const end = p + whole;
    for (; p < end; p += 16) sum = dot<i8>(ones, v128.load(p), sum);
    if (rest) sum = dot<i8>(ones, v128.and(v128.load(p), v128.load(rest)), sum);
  }
  sum = i32x4.add(sum, i8x16.shuffle(sum, sum, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  sum = i32x4.add(sum, i8x16.shuffle(sum, sum, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
  return i32x4.sub(i32x4.splat(0), i32x4.shl(sum, 7));
}

/** bias, and what the row owes to weights that are stored plus 128. */
@inline function begin<T>(bias: v128, owed: v128): v128 {
  if (isFloat<T>() || ACT_U8 == 0) return bias;
  return i32x4.add(bias, owed);
}
@inline function owedBy<T>(g: Gemm, row: usize): v128 {
  if (isFloat<T>() || ACT_U8 == 0) return i32x4.splat(0);
  return rowSum(g, row);
}

/** 16 requantized and clamped int8. */
@inline function bytes16(
  g: Gemm, a0: v128, a1: v128, a2: v128, a3: v128, s0: v128, s1: v128, s2: v128, s3: v128,
): v128 {
  const at = changetype<usize>(g);
  const less = v128.load32_splat(at, offsetof<Gemm>('less'));
  const magic = v128.load32_splat(at, offsetof<Gemm>('magic'));
  let x0 = scaled(a0, s0, magic), x1 = scaled(a1, s1, magic);
  let x2 = scaled(a2, s2, magic), x3 = scaled(a3, s3, magic);
  if (g.wide) {
    const low = v128.load32_splat(at, offsetof<Gemm>('magicLow'));
    x0 = i32x4.max_s(x0, low);
    x1 = i32x4.max_s(x1, low);
    x2 = i32x4.max_s(x2, low);
    x3 = i32x4.max_s(x3, low);
  }
  const q = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(i32x4.sub(x0, less), i32x4.sub(x1, less)),
    i16x8.narrow_i32x4_s(i32x4.sub(x2, less), i32x4.sub(x3, less)),
  );
  return i8x16.min_s(
    i8x16.max_s(q, v128.load32_splat(at, offsetof<Gemm>('low'))),
    v128.load32_splat(at, offsetof<Gemm>('high')),
  );
}

@inline function clamped(g: Gemm, x: v128): v128 {
  const at = changetype<usize>(g);
  return f32x4.pmin(
    f32x4.pmax(x, v128.load32_splat(at, offsetof<Gemm>('low'))),
    v128.load32_splat(at, offsetof<Gemm>('high')),
  );
}

/** 8 channels of two rows; `out1` is written first. */
@inline function finish<T>(
  g: Gemm, out0: usize, out1: usize, count: i32,
  a0: v128, a1: v128, b0: v128, b1: v128, s0: v128, s1: v128,
): void {
  if (sizeof<T>() == 4) {
    if (isFloat<T>()) {
      a0 = clamped(g, a0);
      a1 = clamped(g, a1);
      b0 = clamped(g, b0);
      b1 = clamped(g, b1);
    }
    if (count >= 8) {
      v128.store(out1, b0);
      v128.store(out1, b1, 16);
      v128.store(out0, a0);
      v128.store(out0, a1, 16);
    } else {
      store4Tail(out1, b0, count);
      if (count > 4) store4Tail(out1 + 16, b1, count - 4);
      store4Tail(out0, a0, count);
      if (count > 4) store4Tail(out0 + 16, a1, count - 4);
    }
    return;
  }
  const q = bytes16(g, a0, a1, b0, b1, s0, s1, s0, s1);
  if (count >= 8) {
    v128.store64_lane(out1, q, 1);
    v128.store64_lane(out0, q, 0);
  } else {
    store8Tail(out1, i8x16.shuffle(q, q, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15), count);
    store8Tail(out0, q, count);
  }
}

/** 16 channels of one row, from two panels; `count` of them exist. */
@inline function finishRow<T>(
  g: Gemm, out: usize, count: i32, a0: v128, a1: v128, a2: v128, a3: v128, s: usize, t: usize,
): void {
  if (sizeof<T>() == 4) {
    if (isFloat<T>()) {
      a0 = clamped(g, a0);
      a1 = clamped(g, a1);
      a2 = clamped(g, a2);
      a3 = clamped(g, a3);
    }
    store4Tail(out, a0, count);
    if (count > 4) store4Tail(out + 16, a1, count - 4);
    if (count > 8) store4Tail(out + 32, a2, count - 8);
    if (count > 12) store4Tail(out + 48, a3, count - 12);
    return;
  }
  const q = bytes16(g, a0, a1, a2, a3, v128.load(s), v128.load(s, 16), v128.load(t), v128.load(t, 16));
  if (count >= 16) {
    v128.store(out, q);
    return;
  }
  store8Tail(out, q, count);
  if (count > 8) {
    store8Tail(out + 8, i8x16.shuffle(q, q, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15), count - 8);
  }
}

@inline function tile6x8<T>(g: Gemm, from: usize, to: usize, first: i32, last: i32): void {
  const width = g.width;
  const stepX = g.stepX;
  const stepY = g.stepY;
  const outStep = g.outStep;
  const channels = g.channels;
  const segments = g.segments;
  const words = g.words;
  const offsets = g.offsets;
  let line = from + first / width * stepY;
  let x = first % width;
  for (let row = first; row < last; row += 6) {
    const left = last - row;
    const r0 = line + x * stepX;
    let r1 = r0, r2 = r0, r3 = r0, r4 = r0, r5 = r0;
    if (++x == width) { x = 0; line += stepY; }
    if (left > 1) { r1 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 2) { r2 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 3) { r3 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 4) { r4 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 5) { r5 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    const e0 = owedBy<T>(g, r0), e1 = owedBy<T>(g, r1), e2 = owedBy<T>(g, r2);
    const e3 = owedBy<T>(g, r3), e4 = owedBy<T>(g, r4), e5 = owedBy<T>(g, r5);
    let panel = g.panels;
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 8) {
      let w = panel;
      panel += g.panelBytes;
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let c00 = begin<T>(b0, e0), c01 = begin<T>(b1, e0), c10 = begin<T>(b0, e1), c11 = begin<T>(b1, e1);
      let c20 = begin<T>(b0, e2), c21 = begin<T>(b1, e2), c30 = begin<T>(b0, e3), c31 = begin<T>(b1, e3);
      let c40 = begin<T>(b0, e4), c41 = begin<T>(b1, e4), c50 = begin<T>(b0, e5), c51 = begin<T>(b1, e5);
      w += 32;
      for (let s = 0; s < segments; s++) {
        const offset = load<i32>(offsets + (s << 2));
        let p0 = r0 + offset, p1 = r1 + offset, p2 = r2 + offset;
        let p3 = r3 + offset, p4 = r4 + offset, p5 = r5 + offset;
        const end = w + (words << 5);
        while (w < end) {
          const w0 = v128.load(w), w1 = v128.load(w, 16);
          w += 32;
          let a = v128.load32_splat(p0);
          p0 += 4;
          c00 = dot<T>(w0, a, c00);
          c01 = dot<T>(w1, a, c01);
          a = v128.load32_splat(p1);
          p1 += 4;
          c10 = dot<T>(w0, a, c10);
          c11 = dot<T>(w1, a, c11);
          a = v128.load32_splat(p2);
          p2 += 4;
          c20 = dot<T>(w0, a, c20);
          c21 = dot<T>(w1, a, c21);
          a = v128.load32_splat(p3);
          p3 += 4;
          c30 = dot<T>(w0, a, c30);
          c31 = dot<T>(w1, a, c31);
          a = v128.load32_splat(p4);
          p4 += 4;
          c40 = dot<T>(w0, a, c40);
          c41 = dot<T>(w1, a, c41);
          a = v128.load32_splat(p5);
          p5 += 4;
          c50 = dot<T>(w0, a, c50);
          c51 = dot<T>(w1, a, c51);
        }
      }
      const s0 = v128.load(w), s1 = v128.load(w, 16);
      const count = channels - n;
      const o = out + n * sizeof<T>();
      // Missing rows repeat row 0 and are written before it, to its place.
      const o1 = left > 1 ? o + outStep : o;
      const o2 = left > 2 ? o + 2 * outStep : o;
      const o3 = left > 3 ? o + 3 * outStep : o;
      const o4 = left > 4 ? o + 4 * outStep : o;
      const o5 = left > 5 ? o + 5 * outStep : o;
      finish<T>(g, o4, o5, count, c40, c41, c50, c51, s0, s1);
      finish<T>(g, o2, o3, count, c20, c21, c30, c31, s0, s1);
      finish<T>(g, o, o1, count, c00, c01, c10, c11, s0, s1);
    }
  }
}

@inline function tile4x8<T>(g: Gemm, from: usize, to: usize, first: i32, last: i32): void {
  const width = g.width;
  const stepX = g.stepX;
  const stepY = g.stepY;
  const outStep = g.outStep;
  const channels = g.channels;
  const segments = g.segments;
  const words = g.words;
  const offsets = g.offsets;
  let line = from + first / width * stepY;
  let x = first % width;
  for (let row = first; row < last; row += 4) {
    const left = last - row;
    const r0 = line + x * stepX;
    let r1 = r0, r2 = r0, r3 = r0;
    if (++x == width) { x = 0; line += stepY; }
    if (left > 1) { r1 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 2) { r2 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 3) { r3 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    const e0 = owedBy<T>(g, r0), e1 = owedBy<T>(g, r1), e2 = owedBy<T>(g, r2), e3 = owedBy<T>(g, r3);
    let panel = g.panels;
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 8) {
      let w = panel;
      panel += g.panelBytes;
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let c00 = begin<T>(b0, e0), c01 = begin<T>(b1, e0), c10 = begin<T>(b0, e1), c11 = begin<T>(b1, e1);
      let c20 = begin<T>(b0, e2), c21 = begin<T>(b1, e2), c30 = begin<T>(b0, e3), c31 = begin<T>(b1, e3);
      w += 32;
      for (let s = 0; s < segments; s++) {
        const offset = load<i32>(offsets + (s << 2));
        let p0 = r0 + offset, p1 = r1 + offset, p2 = r2 + offset, p3 = r3 + offset;
        const end = w + (words << 5);
        while (w < end) {
          const w0 = v128.load(w), w1 = v128.load(w, 16);
          w += 32;
          let a = v128.load32_splat(p0);
          p0 += 4;
          c00 = dot<T>(w0, a, c00);
          c01 = dot<T>(w1, a, c01);
          a = v128.load32_splat(p1);
          p1 += 4;
          c10 = dot<T>(w0, a, c10);
          c11 = dot<T>(w1, a, c11);
          a = v128.load32_splat(p2);
          p2 += 4;
          c20 = dot<T>(w0, a, c20);
          c21 = dot<T>(w1, a, c21);
          a = v128.load32_splat(p3);
          p3 += 4;
          c30 = dot<T>(w0, a, c30);
          c31 = dot<T>(w1, a, c31);
        }
      }
      const s0 = v128.load(w), s1 = v128.load(w, 16);
      const count = channels - n;
      const o = out + n * sizeof<T>();
      const o1 = left > 1 ? o + outStep : o;
      const o2 = left > 2 ? o + 2 * outStep : o;
      const o3 = left > 3 ? o + 3 * outStep : o;
      finish<T>(g, o2, o3, count, c20, c21, c30, c31, s0, s1);
      finish<T>(g, o, o1, count, c00, c01, c10, c11, s0, s1);
    }
  }
}

/** Two rows, two panels. An odd last panel is computed twice and stored once. */
@inline function tile2x16<T>(g: Gemm, from: usize, to: usize, first: i32, last: i32): void {
  const width = g.width;
  const outStep = g.outStep;
  const channels = g.channels;
  const segments = g.segments;
  const words = g.words;
  const offsets = g.offsets;
  const panelBytes = g.panelBytes;
  let line = from + first / width * g.stepY;
  let x = first % width;
  for (let row = first; row < last; row += 2) {
    const both = last - row > 1;
    const r0 = line + x * g.stepX;
    let r1 = r0;
    if (++x == width) { x = 0; line += g.stepY; }
    if (both) { r1 = line + x * g.stepX; if (++x == width) { x = 0; line += g.stepY; } }
    const e0 = owedBy<T>(g, r0), e1 = owedBy<T>(g, r1);
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 16) {
      let w = g.panels + (n >> 3) * panelBytes;
      const count = channels - n;
      const next = count > 8 ? panelBytes : 0;
      let b = v128.load(w);
      let c00 = begin<T>(b, e0), c10 = begin<T>(b, e1);
      b = v128.load(w, 16);
      let c01 = begin<T>(b, e0), c11 = begin<T>(b, e1);
      b = v128.load(w + next);
      let c02 = begin<T>(b, e0), c12 = begin<T>(b, e1);
      b = v128.load(w + next, 16);
      let c03 = begin<T>(b, e0), c13 = begin<T>(b, e1);
      w += 32;
      for (let s = 0; s < segments; s++) {
        const offset = load<i32>(offsets + (s << 2));
        let p0 = r0 + offset, p1 = r1 + offset;
        let v = w + next;
        const end = w + (words << 5);
        while (w < end) {
          const a0 = v128.load32_splat(p0), a1 = v128.load32_splat(p1);
          p0 += 4;
          p1 += 4;
          let b = v128.load(w);
          c00 = dot<T>(b, a0, c00);
          c10 = dot<T>(b, a1, c10);
          b = v128.load(w, 16);
          c01 = dot<T>(b, a0, c01);
          c11 = dot<T>(b, a1, c11);
          b = v128.load(v);
          c02 = dot<T>(b, a0, c02);
          c12 = dot<T>(b, a1, c12);
          b = v128.load(v, 16);
          c03 = dot<T>(b, a0, c03);
          c13 = dot<T>(b, a1, c13);
          w += 32;
          v += 32;
        }
      }
      const o = out + n * sizeof<T>();
      if (both) finishRow<T>(g, o + outStep, count, c10, c11, c12, c13, w, w + next);
      finishRow<T>(g, o, count, c00, c01, c02, c03, w, w + next);
    }
  }
}

/** One row, four panels: matrix times vector. Panels that are missing repeat the first. `first`, `last`: blocks of 32 channels. */
@inline function tile1x32<T>(g: Gemm, from: usize, to: usize, first: i32, last: i32): void {
  const width = g.width;
  const channels = min(last << 5, g.channels);
  const segments = g.segments;
  const words = g.words;
  const panelBytes = g.panelBytes;
  let line = from;
  let x = 0;
  for (let row = 0; row < g.rows; row++) {
    const r0 = line + x * g.stepX;
    if (++x == width) { x = 0; line += g.stepY; }
    const e0 = owedBy<T>(g, r0);
    const out = to + row * g.outStep;
    for (let n = first << 5; n < channels; n += 32) {
      let w = g.panels + (n >> 3) * panelBytes;
      const count = channels - n;
      const n1 = count > 8 ? panelBytes : 0;
      const n2 = count > 16 ? 2 * panelBytes : 0;
      const n3 = count > 24 ? 3 * panelBytes : 0;
      let c0 = begin<T>(v128.load(w), e0), c1 = begin<T>(v128.load(w, 16), e0);
      let c2 = begin<T>(v128.load(w + n1), e0), c3 = begin<T>(v128.load(w + n1, 16), e0);
      let c4 = begin<T>(v128.load(w + n2), e0), c5 = begin<T>(v128.load(w + n2, 16), e0);
      let c6 = begin<T>(v128.load(w + n3), e0), c7 = begin<T>(v128.load(w + n3, 16), e0);
      w += 32;
      for (let s = 0; s < segments; s++) {
        let p = r0 + load<i32>(g.offsets + (s << 2));
        const end = w + (words << 5);
        while (w < end) {
          const a = v128.load32_splat(p);
          p += 4;
          c0 = dot<T>(v128.load(w), a, c0);
          c1 = dot<T>(v128.load(w, 16), a, c1);
          c2 = dot<T>(v128.load(w + n1), a, c2);
          c3 = dot<T>(v128.load(w + n1, 16), a, c3);
          c4 = dot<T>(v128.load(w + n2), a, c4);
          c5 = dot<T>(v128.load(w + n2, 16), a, c5);
          c6 = dot<T>(v128.load(w + n3), a, c6);
          c7 = dot<T>(v128.load(w + n3, 16), a, c7);
          w += 32;
        }
      }
      const o = out + n * sizeof<T>();
      finishRow<T>(g, o, count, c0, c1, c2, c3, w, w + n1);
      if (n2) finishRow<T>(g, o + 16 * sizeof<T>(), count - 16, c4, c5, c6, c7, w + n2, w + n3);
    }
  }
}

export function gemmI8x6x8(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile6x8<i8>(g, from, to, first, last); }
export function gemmI8x4x8(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile4x8<i8>(g, from, to, first, last); }
export function gemmI8x2x16(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile2x16<i8>(g, from, to, first, last); }
export function gemmI8x1x32(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile1x32<i8>(g, from, to, first, last); }
export function gemmI32x6x8(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile6x8<i32>(g, from, to, first, last); }
export function gemmI32x4x8(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile4x8<i32>(g, from, to, first, last); }
export function gemmI32x1x32(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile1x32<i32>(g, from, to, first, last); }
export function gemmF32x4x8(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile4x8<f32>(g, from, to, first, last); }
export function gemmF32x2x16(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile2x16<f32>(g, from, to, first, last); }
export function gemmF32x1x32(g: Gemm, from: usize, to: usize, first: i32, last: i32): void { tile1x32<f32>(g, from, to, first, last); }
