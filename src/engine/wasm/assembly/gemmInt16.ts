/**
 * Convolution and fully-connected layers on int16 activations and int8 weights (16x8): rows, runs and panels as in
 * gemmInt8.ts, a word holding two int16. Sums of 32 bits go into doubles before they can overflow; those hold any
 * sum exactly (the host keeps it below 2^37). Panels hold 8 output channels:
 *   8 × float64 bias, segments·words × 8 channels × one word, three times 8 × float64 (how sums leave)
 */
import { store4Tail } from './lanes';
import { thread } from './thread';

/** Written by ../int16.ts: words in this order. */
@unmanaged
export class GemmInt16 {
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
  /** Words after which a sum may be full. */
  chunk: i32;
  /** 0: ⌊(sum · a + b) · c⌋, 1: sum · a to the nearest, ties away from zero, 2: the doubles themselves. */
  mode: i32;
  low: i32;
  high: i32;
  /** Bytes of scratch memory of a thread. */
  tileBytes: i32;
}

@inline function dot(w: v128, a: v128, acc: v128): v128 {
  return i32x4.add(acc, i32x4.dot_i16x8_s(w, a));
}

@inline function upper(v: v128): v128 {
  return i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

/** 8 sums of 32 bits onto the doubles at `base`, into those at `to`. */
@inline export function widen(to: usize, base: usize, a: v128, b: v128): void {
  v128.store(to, f64x2.add(v128.load(base), f64x2.convert_low_i32x4_s(a)));
  v128.store(to, f64x2.add(v128.load(base, 16), f64x2.convert_low_i32x4_s(upper(a))), 16);
  v128.store(to, f64x2.add(v128.load(base, 32), f64x2.convert_low_i32x4_s(b)), 32);
  v128.store(to, f64x2.add(v128.load(base, 48), f64x2.convert_low_i32x4_s(upper(b))), 48);
}

/** Two doubles → int32 in the lower lanes. `stage`: a, b and c of the mode, 64 bytes apart. */
@inline function whole2(mode: i32, sum: v128, stage: usize): v128 {
  const x = f64x2.mul(sum, v128.load(stage));
  if (mode == 0)
    return i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(f64x2.mul(f64x2.add(x, v128.load(stage, 64)), v128.load(stage, 128))));
  const magnitude = f64x2.abs(x);
  const whole = f64x2.floor(magnitude);
  const up = f64x2.ge(f64x2.sub(magnitude, whole), f64x2.splat(0.5));
  const rounded = f64x2.add(whole, v128.and(up, f64x2.splat(1)));
  return i32x4.trunc_sat_f64x2_s_zero(v128.bitselect(x, rounded, f64x2.splat(-0.0)));
}
@inline function whole4(mode: i32, at: usize, stage: usize): v128 {
  const a = whole2(mode, v128.load(at), stage), b = whole2(mode, v128.load(at, 16), stage + 16);
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

/** The first `count` (1…8) of 8 int16 lanes. */
@inline export function store8Shorts(to: usize, v: v128, count: i32): void {
  if (count >= 8) {
    v128.store(to, v);
    return;
  }
  if (count & 4) {
    v128.store64_lane(to, v, 0);
    v = upper(v);
    to += 8;
  }
  if (count & 2) {
    v128.store32_lane(to, v, 0);
    v = i64x2.shr_u(v, 32);
    to += 4;
  }
  if (count & 1) v128.store16_lane(to, v, 0);
}

/** 8 channels of one row, of which `count` exist, from doubles. */
@inline export function leave16(mode: i32, at: usize, stage: usize, to: usize, count: i32, low: i32, high: i32): void {
  if (mode == 2) {
    for (let i = 0; i < min(count, 8); i++) store<f64>(to + (i << 3), load<f64>(at + (i << 3)));
    return;
  }
  const shorts = i16x8.narrow_i32x4_s(whole4(mode, at, stage), whole4(mode, at + 32, stage + 32));
  store8Shorts(to, i16x8.min_s(i16x8.max_s(shorts, i16x8.splat(<i16>low)), i16x8.splat(<i16>high)), count);
}

/** Rows first…last, four at a time. */
export function gemmI16(g: GemmInt16, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  const sums = scratch + thread * g.tileBytes;
  const width = g.width;
  const stepX = g.stepX;
  const stepY = g.stepY;
  const channels = g.channels;
  const size = g.mode == 2 ? 8 : 2;
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
    const out = to + row * g.outStep;
    for (let n = 0; n < channels; n += 8) {
      let base = panel, step = 0;
      let w = panel + 64;
      panel += g.panelBytes;
      const zero = i32x4.splat(0);
      let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
      let room = g.chunk;
      for (let s = 0; s < g.segments; s++) {
        const offset = load<i32>(g.offsets + (s << 2));
        let p0 = r0 + offset, p1 = r1 + offset, p2 = r2 + offset, p3 = r3 + offset;
        let rest = g.words;
        while (rest > 0) {
          if (room == 0) {
            widen(sums, base, c00, c01);
            widen(sums + 64, base + step, c10, c11);
            widen(sums + 128, base + 2 * step, c20, c21);
            widen(sums + 192, base + 3 * step, c30, c31);
            c00 = zero; c01 = zero; c10 = zero; c11 = zero; c20 = zero; c21 = zero; c30 = zero; c31 = zero;
            base = sums;
            step = 64;
            room = g.chunk;
          }
          const now = min(rest, room);
          rest -= now;
          room -= now;
          const end = w + (now << 5);
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
      }
      widen(sums, base, c00, c01);
      widen(sums + 64, base + step, c10, c11);
      widen(sums + 128, base + 2 * step, c20, c21);
      widen(sums + 192, base + 3 * step, c30, c31);
      const o = out + n * size;
      for (let r = min(left, 4) - 1; r >= 0; r--)
        leave16(g.mode, sums + (r << 6), w, o + r * g.outStep, channels - n, g.low, g.high);
    }
  }
}

/** All rows, the panels first…last: for few rows. */
export function gemmRowI16(g: GemmInt16, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  const sums = scratch + thread * g.tileBytes;
  const size = g.mode == 2 ? 8 : 2;
  let line = from;
  let x = 0;
  for (let row = 0; row < g.rows; row++) {
    const r0 = line + x * g.stepX;
    if (++x == g.width) { x = 0; line += g.stepY; }
    for (let block = first; block < last; block++) {
      let base = g.panels + block * g.panelBytes;
      let w = base + 64;
      let c0 = i32x4.splat(0), c1 = i32x4.splat(0);
      let room = g.chunk;
      for (let s = 0; s < g.segments; s++) {
        let p = r0 + load<i32>(g.offsets + (s << 2));
        let rest = g.words;
        while (rest > 0) {
          if (room == 0) {
            widen(sums, base, c0, c1);
            c0 = i32x4.splat(0);
            c1 = i32x4.splat(0);
            base = sums;
            room = g.chunk;
          }
          const now = min(rest, room);
          rest -= now;
          room -= now;
          for (const end = w + (now << 5); w < end; w += 32) {
            const a = v128.load32_splat(p);
            p += 4;
            c0 = dot(v128.load(w), a, c0);
            c1 = dot(v128.load(w, 16), a, c1);
          }
        }
      }
      widen(sums, base, c0, c1);
      const n = block << 3;
      leave16(g.mode, sums, w, to + row * g.outStep + n * size, g.channels - n, g.low, g.high);
    }
  }
}

/** Depthwise: written by ../kernels/depthwiseInt16.ts, words in this order. */
@unmanaged
export class DepthwiseInt16 {
  width: i32;
  channels: i32;
  /** Bytes of the padded operand between neighbouring outputs in a line, and between lines. */
  stepX: i32;
  stepY: i32;
  /** int32 byte offsets of pairs of taps. */
  offsets: usize;
  pairs: i32;
  panels: usize;
  panelBytes: i32;
  low: i32;
  high: i32;
  tileBytes: i32;
}

/** Output lines first…last; a word holds two taps of a channel. */
export function depthwiseI16(d: DepthwiseInt16, from: usize, to: usize, scratch: usize, first: i32, last: i32): void {
  const sums = scratch + thread * d.tileBytes;
  const channels = d.channels;
  const outStep = channels << 1;
  for (let y = first; y < last; y++) {
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const bias = panel;
      panel += d.panelBytes;
      const stage = panel - 192;
      let p = from + y * d.stepY + (c << 1);
      let out = to + y * d.width * outStep + (c << 1);
      for (let x = d.width; x > 0; x--) {
        let a0 = i32x4.splat(0), a1 = i32x4.splat(0);
        let at = d.offsets;
        for (let w = bias + 64; w < stage; w += 32) {
          const one = v128.load(p + load<i32>(at)), two = v128.load(p + load<i32>(at, 4));
          a0 = dot(v128.load(w), i8x16.shuffle(one, two, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23), a0);
          a1 = dot(v128.load(w, 16), i8x16.shuffle(one, two, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31), a1);
          at += 8;
        }
        widen(sums, bias, a0, a1);
        leave16(0, sums, stage, out, channels - c, d.low, d.high);
        p += d.stepX;
        out += outStep;
      }
    }
  }
}

/** Sums of 32 bits over `pixels`, channels in blocks of 4. */
export function sumI16(from: usize, to: usize, pixels: i32, channels: i32, first: i32, last: i32): void {
  for (let c = first << 2; c < min(last << 2, channels); c += 4) {
    let sum = i32x4.splat(0);
    let at = from + (c << 1);
    for (let i = 0; i < pixels; i++) {
      sum = i32x4.add(sum, v128.load16x4_s(at));
      at += channels << 1;
    }
    store4Tail(to + (c << 2), sum, channels - c);
  }
}
