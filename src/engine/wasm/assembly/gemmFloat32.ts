/**
 * float32 convolution and fully-connected layers as one loop: a row of the matrix is an output pixel, and
 * its operand is `segments` runs of `words` numbers in the (padded) input. Panels hold 8 output channels:
 *   8 × bias, segments·words × 8 weights, 32 bytes of nothing.
 * Each kernel computes the rows first…last, or where it says so the blocks of channels. Every sum runs over
 * K in order, multiplication and addition rounded apart (not relaxed_madd), so that float results,
 * calibration and exports depend neither on the tile nor on the machine.
 */
import { store4Tail, storeRows } from './lanes';

/** Written by ../matmul.ts: words in this order. */
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
  low: f32;
  high: f32;
}

@inline function dot(w: v128, a: v128, acc: v128): v128 {
  return f32x4.add(acc, f32x4.mul(w, a));
}

@inline function clamped(g: Gemm, x: v128): v128 {
  const at = changetype<usize>(g);
  return f32x4.pmin(
    f32x4.pmax(x, v128.load32_splat(at, offsetof<Gemm>('low'))),
    v128.load32_splat(at, offsetof<Gemm>('high')),
  );
}

/** 8 channels of two rows; `out1` is written first. */
@inline function finish(
  g: Gemm, out0: usize, out1: usize, count: i32, a0: v128, a1: v128, b0: v128, b1: v128,
): void {
  storeRows(out0, out1, count, clamped(g, a0), clamped(g, a1), clamped(g, b0), clamped(g, b1));
}

/** 16 channels of one row; `count` of them exist. */
@inline function finishRow(g: Gemm, out: usize, count: i32, a0: v128, a1: v128, a2: v128, a3: v128): void {
  store4Tail(out, clamped(g, a0), count);
  if (count > 4) store4Tail(out + 16, clamped(g, a1), count - 4);
  if (count > 8) store4Tail(out + 32, clamped(g, a2), count - 8);
  if (count > 12) store4Tail(out + 48, clamped(g, a3), count - 12);
}

export function gemmF32x4x8(g: Gemm, from: usize, to: usize, first: i32, last: i32): void {
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
    let panel = g.panels;
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 8) {
      let w = panel;
      panel += g.panelBytes;
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let c00 = b0, c01 = b1, c10 = b0, c11 = b1;
      let c20 = b0, c21 = b1, c30 = b0, c31 = b1;
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
          c00 = dot(w0, a, c00);
          c01 = dot(w1, a, c01);
          a = v128.load32_splat(p1);
          p1 += 4;
          c10 = dot(w0, a, c10);
          c11 = dot(w1, a, c11);
          a = v128.load32_splat(p2);
          p2 += 4;
          c20 = dot(w0, a, c20);
          c21 = dot(w1, a, c21);
          a = v128.load32_splat(p3);
          p3 += 4;
          c30 = dot(w0, a, c30);
          c31 = dot(w1, a, c31);
        }
      }
      const count = channels - n;
      const o = out + (n << 2);
      const o1 = left > 1 ? o + outStep : o;
      const o2 = left > 2 ? o + 2 * outStep : o;
      const o3 = left > 3 ? o + 3 * outStep : o;
      finish(g, o2, o3, count, c20, c21, c30, c31);
      finish(g, o, o1, count, c00, c01, c10, c11);
    }
  }
}

/** Two rows, two panels. An odd last panel is computed twice and stored once. */
export function gemmF32x2x16(g: Gemm, from: usize, to: usize, first: i32, last: i32): void {
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
    const out = to + row * outStep;
    for (let n = 0; n < channels; n += 16) {
      let w = g.panels + (n >> 3) * panelBytes;
      const count = channels - n;
      const next = count > 8 ? panelBytes : 0;
      let b = v128.load(w);
      let c00 = b, c10 = b;
      b = v128.load(w, 16);
      let c01 = b, c11 = b;
      b = v128.load(w + next);
      let c02 = b, c12 = b;
      b = v128.load(w + next, 16);
      let c03 = b, c13 = b;
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
          c00 = dot(b, a0, c00);
          c10 = dot(b, a1, c10);
          b = v128.load(w, 16);
          c01 = dot(b, a0, c01);
          c11 = dot(b, a1, c11);
          b = v128.load(v);
          c02 = dot(b, a0, c02);
          c12 = dot(b, a1, c12);
          b = v128.load(v, 16);
          c03 = dot(b, a0, c03);
          c13 = dot(b, a1, c13);
          w += 32;
          v += 32;
        }
      }
      const o = out + (n << 2);
      if (both) finishRow(g, o + outStep, count, c10, c11, c12, c13);
      finishRow(g, o, count, c00, c01, c02, c03);
    }
  }
}

/** One row, four panels: matrix times vector. Panels that are missing repeat the first. `first`, `last`: blocks of 32 channels. */
export function gemmF32x1x32(g: Gemm, from: usize, to: usize, first: i32, last: i32): void {
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
    const out = to + row * g.outStep;
    for (let n = first << 5; n < channels; n += 32) {
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
          c0 = dot(v128.load(w), a, c0);
          c1 = dot(v128.load(w, 16), a, c1);
          c2 = dot(v128.load(w + n1), a, c2);
          c3 = dot(v128.load(w + n1, 16), a, c3);
          c4 = dot(v128.load(w + n2), a, c4);
          c5 = dot(v128.load(w + n2, 16), a, c5);
          c6 = dot(v128.load(w + n3), a, c6);
          c7 = dot(v128.load(w + n3, 16), a, c7);
          w += 32;
        }
      }
      const o = out + (n << 2);
      finishRow(g, o, count, c0, c1, c2, c3);
      if (n2) finishRow(g, o + 64, count - 16, c4, c5, c6, c7);
    }
  }
}
