/**
 * Convolution and fully-connected layers as one loop: a row of the matrix is an output pixel, and
 * its operand is `segments` runs of `words` words in the padded input (lanes.ts, A form).
 * Weights lie in panels of 8 output channels:
 *   8 × bias (int32 or float32), segments·words × 8 channels × one word, 8 × float32 scale (int8 only).
 * T is what comes out: i8 (requantized), i32 (raw sums), f32 (float all through).
 */
import { MAGIC, dot, requantize, store4Tail, store8Tail } from './lanes';

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
  zeroPoint: i32;
  /** Clamp; float32 bits for T = f32. */
  low: i32;
  high: i32;
}

@inline function finish<T>(
  g: Gemm, out0: usize, out1: usize, count: i32,
  a0: v128, a1: v128, b0: v128, b1: v128, s0: v128, s1: v128,
): void {
  if (isFloat<T>()) {
    const low = f32x4.splat(f32.reinterpret_i32(g.low));
    const high = f32x4.splat(f32.reinterpret_i32(g.high));
    a0 = f32x4.pmin(f32x4.pmax(a0, low), high);
    a1 = f32x4.pmin(f32x4.pmax(a1, low), high);
    b0 = f32x4.pmin(f32x4.pmax(b0, low), high);
    b1 = f32x4.pmin(f32x4.pmax(b1, low), high);
  }
  if (sizeof<T>() == 4) {
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
  const base = i32.reinterpret_f32(MAGIC) - g.zeroPoint;
  const less = i32x4.splat(base);
  const low = i32x4.splat(base + g.low);
  let q = i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(requantize(a0, s0, low, less), requantize(a1, s1, low, less)),
    i16x8.narrow_i32x4_s(requantize(b0, s0, low, less), requantize(b1, s1, low, less)),
  );
  q = i8x16.min_s(q, i8x16.splat(<i8>g.high));
  if (count >= 8) {
    v128.store64_lane(out1, q, 1);
    v128.store64_lane(out0, q, 0);
  } else {
    store8Tail(out1, i8x16.shuffle(q, q, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15), count);
    store8Tail(out0, q, count);
  }
}

@inline function tile6x8<T>(g: Gemm, from: usize, to: usize): void {
  const rows = g.rows;
  const width = g.width;
  const stepX = g.stepX;
  const stepY = g.stepY;
  const outStep = g.outStep;
  const channels = g.channels;
  const segments = g.segments;
  const words = g.words;
  const offsets = g.offsets;
  let line = from;
  let x = 0;
  for (let row = 0; row < rows; row += 6) {
    const left = rows - row;
    const r0 = line + x * stepX;
    let r1 = r0, r2 = r0, r3 = r0, r4 = r0, r5 = r0;
    if (++x == width) { x = 0; line += stepY; }
    if (left > 1) { r1 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 2) { r2 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 3) { r3 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 4) { r4 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 5) { r5 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    let panel = g.panels;
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 8) {
      let w = panel;
      panel += g.panelBytes;
      let c00 = v128.load(w), c01 = v128.load(w, 16);
      let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
      let c40 = c00, c41 = c01, c50 = c00, c51 = c01;
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

@inline function tile4x8<T>(g: Gemm, from: usize, to: usize): void {
  const rows = g.rows;
  const width = g.width;
  const stepX = g.stepX;
  const stepY = g.stepY;
  const outStep = g.outStep;
  const channels = g.channels;
  const segments = g.segments;
  const words = g.words;
  const offsets = g.offsets;
  let line = from;
  let x = 0;
  for (let row = 0; row < rows; row += 4) {
    const left = rows - row;
    const r0 = line + x * stepX;
    let r1 = r0, r2 = r0, r3 = r0;
    if (++x == width) { x = 0; line += stepY; }
    if (left > 1) { r1 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 2) { r2 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    if (left > 3) { r3 = line + x * stepX; if (++x == width) { x = 0; line += stepY; } }
    let panel = g.panels;
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 8) {
      let w = panel;
      panel += g.panelBytes;
      let c00 = v128.load(w), c01 = v128.load(w, 16);
      let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
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

/** Two rows, two panels. An odd last panel is computed twice, to the same place. */
@inline function tile2x16<T>(g: Gemm, from: usize, to: usize): void {
  const rows = g.rows;
  const width = g.width;
  const outStep = g.outStep;
  const channels = g.channels;
  const segments = g.segments;
  const words = g.words;
  const offsets = g.offsets;
  const panelBytes = g.panelBytes;
  let line = from;
  let x = 0;
  for (let row = 0; row < rows; row += 2) {
    const both = rows - row > 1;
    const r0 = line + x * g.stepX;
    let r1 = r0;
    if (++x == width) { x = 0; line += g.stepY; }
    if (both) { r1 = line + x * g.stepX; if (++x == width) { x = 0; line += g.stepY; } }
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 16) {
      let w = g.panels + (n >> 3) * panelBytes;
      const count = channels - n;
      const next = count > 8 ? panelBytes : 0;
      let c00 = v128.load(w), c01 = v128.load(w, 16);
      let c02 = v128.load(w + next), c03 = v128.load(w + next, 16);
      let c10 = c00, c11 = c01, c12 = c02, c13 = c03;
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
      const o1 = both ? o + outStep : o;
      if (next) {
        const v = w + next;
        finish<T>(g, o + 8 * sizeof<T>(), o1 + 8 * sizeof<T>(), count - 8,
          c02, c03, c12, c13, v128.load(v), v128.load(v, 16));
      }
      finish<T>(g, o, o1, count, c00, c01, c10, c11, v128.load(w), v128.load(w, 16));
    }
  }
}

/** One row, four panels: matrix times vector. Panels that are missing repeat the first. */
@inline function tile1x32<T>(g: Gemm, from: usize, to: usize): void {
  const width = g.width;
  const channels = g.channels;
  const segments = g.segments;
  const words = g.words;
  const panelBytes = g.panelBytes;
  let line = from;
  let x = 0;
  for (let row = 0; row < g.rows; row++) {
    const r0 = line + x * g.stepX;
    if (++x == width) { x = 0; line += g.stepY; }
    const out = to + row * g.outStep;
    for (let n = 0; n < channels; n += 32) {
      let w = g.panels + (n >> 3) * panelBytes;
      const count = channels - n;
      const n1 = count > 8 ? panelBytes : 0;
      const n2 = count > 16 ? 2 * panelBytes : 0;
      const n3 = count > 24 ? 3 * panelBytes : 0;
      let c0 = v128.load(w), c1 = v128.load(w, 16);
      let c2 = v128.load(w + n1), c3 = v128.load(w + n1, 16);
      let c4 = v128.load(w + n2), c5 = v128.load(w + n2, 16);
      let c6 = v128.load(w + n3), c7 = v128.load(w + n3, 16);
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
      finishRow<T>(g, o, count, c0, c1, v128.load(w), v128.load(w, 16));
      if (n1) finishRow<T>(g, o + 8 * sizeof<T>(), count - 8, c2, c3, v128.load(w + n1), v128.load(w + n1, 16));
      if (n2) finishRow<T>(g, o + 16 * sizeof<T>(), count - 16, c4, c5, v128.load(w + n2), v128.load(w + n2, 16));
      if (n3) finishRow<T>(g, o + 24 * sizeof<T>(), count - 24, c6, c7, v128.load(w + n3), v128.load(w + n3, 16));
    }
  }
}

@inline function finishRow<T>(g: Gemm, out: usize, count: i32, a0: v128, a1: v128, s0: v128, s1: v128): void {
  finish<T>(g, out, out, count, a0, a1, a0, a1, s0, s1);
}

export function gemmI8x6x8(g: Gemm, from: usize, to: usize): void { tile6x8<i8>(g, from, to); }
export function gemmI8x4x8(g: Gemm, from: usize, to: usize): void { tile4x8<i8>(g, from, to); }
export function gemmI8x2x16(g: Gemm, from: usize, to: usize): void { tile2x16<i8>(g, from, to); }
export function gemmI8x1x32(g: Gemm, from: usize, to: usize): void { tile1x32<i8>(g, from, to); }
export function gemmI32x6x8(g: Gemm, from: usize, to: usize): void { tile6x8<i32>(g, from, to); }
export function gemmI32x1x32(g: Gemm, from: usize, to: usize): void { tile1x32<i32>(g, from, to); }
export function gemmF32x4x8(g: Gemm, from: usize, to: usize): void { tile4x8<f32>(g, from, to); }
export function gemmF32x2x16(g: Gemm, from: usize, to: usize): void { tile2x16<f32>(g, from, to); }
export function gemmF32x1x32(g: Gemm, from: usize, to: usize): void { tile1x32<f32>(g, from, to); }
