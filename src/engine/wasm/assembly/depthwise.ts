/**
 * Depthwise convolution over the padded input (pad.ts, channels already repeated). Channels in
 * blocks of 8, each with a panel:
 *   int8     8 × int32 bias, groups × 8 words, 8 × float32 scale; a word holds 4 (or 2) taps
 *   float32  8 × bias, taps × 8 weights
 */
import { MAGIC, dot, requantize, store4Tail, store8Tail } from './lanes';

/** Written by kernels/depthwise.ts: words in this order. */
@unmanaged
export class Depthwise {
  height: i32;
  width: i32;
  channels: i32;
  /** Bytes of the padded input between neighbouring outputs in a line, and between lines. */
  stepX: i32;
  stepY: i32;
  /** int32 byte offsets of the taps; a multiple of 4 (or 2) of them, spare ones have weight 0. */
  offsets: usize;
  groups: i32;
  panels: usize;
  panelBytes: i32;
  zeroPoint: i32;
  low: i32;
  high: i32;
  /** Bytes of the padded input between neighbouring columns and lines. */
  column: i32;
  line: i32;
}

@inline function finish8(d: Depthwise, to: usize, count: i32, a0: v128, a1: v128, s0: v128, s1: v128): void {
  const base = i32.reinterpret_f32(MAGIC) - d.zeroPoint;
  const less = i32x4.splat(base);
  const low = i32x4.splat(base + d.low);
  const pair = i16x8.narrow_i32x4_s(requantize(a0, s0, low, less), requantize(a1, s1, low, less));
  store8Tail(to, i8x16.min_s(i8x16.narrow_i16x8_s(pair, pair), i8x16.splat(<i8>d.high)), count);
}

/** T: i8 requantized, i32 raw sums. */
@inline function leave<T>(d: Depthwise, to: usize, count: i32, a0: v128, a1: v128, scales: usize): void {
  if (sizeof<T>() == 1) {
    finish8(d, to, count, a0, a1, v128.load(scales), v128.load(scales, 16));
  } else {
    store4Tail(to, a0, count);
    if (count > 4) store4Tail(to + 16, a1, count - 4);
  }
}

@inline function bytesLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
@inline function shortsLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}
@inline function shortsHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

/** Any kernel, stride and dilation. T: i8 (requantized) or i32 (raw sums). */
@inline function depthwise<T>(d: Depthwise, from: usize, to: usize): void {
  const channels = d.channels;
  const elementBytes = RELAXED == 1 ? 1 : 2;
  for (let y = 0; y < d.height; y++) {
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const b0 = v128.load(panel), b1 = v128.load(panel, 16);
      const weights = panel + 32;
      panel += d.panelBytes;
      const count = channels - c;
      let p = from + c * elementBytes;
      let out = to + c * sizeof<T>();
      const end = weights + (d.groups << 5);
      for (let x = d.width; x > 0; x--) {
        let a0 = b0, a1 = b1;
        let at = d.offsets;
        for (let w = weights; w < end; w += 32) {
          if (RELAXED == 1) {
            const upper = bytesLow(v128.load64_zero(p + load<i32>(at)), v128.load64_zero(p + load<i32>(at, 4)));
            const lower = bytesLow(v128.load64_zero(p + load<i32>(at, 8)), v128.load64_zero(p + load<i32>(at, 12)));
            a0 = dot<i8>(v128.load(w), shortsLow(upper, lower), a0);
            a1 = dot<i8>(v128.load(w, 16), shortsHigh(upper, lower), a1);
            at += 16;
          } else {
            const upper = v128.load(p + load<i32>(at)), lower = v128.load(p + load<i32>(at, 4));
            a0 = dot<i8>(v128.load(w), shortsLow(upper, lower), a0);
            a1 = dot<i8>(v128.load(w, 16), shortsHigh(upper, lower), a1);
            at += 8;
          }
        }
        leave<T>(d, out, count, a0, a1, panel - 32);
        p += d.stepX;
        out += channels * sizeof<T>();
      }
    }
    from += d.stepY;
    to += d.width * channels * sizeof<T>();
  }
}

export function depthwiseI8(d: Depthwise, from: usize, to: usize): void { depthwise<i8>(d, from, to); }
export function depthwiseI32(d: Depthwise, from: usize, to: usize): void { depthwise<i32>(d, from, to); }

/** One column of three lines, 8 channels, as words of (line 0, line 1, line 2, 0): low or high half. */
@inline function columnPairs(p: usize, line: i32): v128 {
  return bytesLow(v128.load64_zero(p), v128.load64_zero(p + line));
}
@inline function columnLast(p: usize, line: i32): v128 {
  return bytesLow(v128.load64_zero(p + 2 * line), i64x2.splat(0));
}

/** 3×3, stride 1, no dilation, relaxed builds: each column is read once and serves three outputs. */
@inline function depthwise3x3<T>(d: Depthwise, from: usize, to: usize): void {
  if (RELAXED == 0) return;
  const channels = d.channels;
  const line = d.line;
  const column = d.column;
  for (let y = 0; y < d.height; y++) {
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const w00 = v128.load(panel, 32), w01 = v128.load(panel, 48);
      const w10 = v128.load(panel, 64), w11 = v128.load(panel, 80);
      const w20 = v128.load(panel, 96), w21 = v128.load(panel, 112);
      const bias = panel;
      panel += d.panelBytes;
      const scales = panel - 32;
      const count = channels - c;
      let p = from + c;
      let out = to + c * sizeof<T>();
      let upper = columnPairs(p, line), lower = columnLast(p, line);
      let u0 = shortsLow(upper, lower), u1 = shortsHigh(upper, lower);
      p += column;
      // first: two columns done; second: one column done.
      let first0 = dot<i8>(w00, u0, v128.load(bias)), first1 = dot<i8>(w01, u1, v128.load(bias, 16));
      upper = columnPairs(p, line);
      lower = columnLast(p, line);
      u0 = shortsLow(upper, lower);
      u1 = shortsHigh(upper, lower);
      p += column;
      let second0 = dot<i8>(w00, u0, v128.load(bias)), second1 = dot<i8>(w01, u1, v128.load(bias, 16));
      first0 = dot<i8>(w10, u0, first0);
      first1 = dot<i8>(w11, u1, first1);
      for (let x = d.width; x > 0; x--) {
        upper = columnPairs(p, line);
        lower = columnLast(p, line);
        u0 = shortsLow(upper, lower);
        u1 = shortsHigh(upper, lower);
        p += column;
        const done0 = dot<i8>(w20, u0, first0), done1 = dot<i8>(w21, u1, first1);
        first0 = dot<i8>(w10, u0, second0);
        first1 = dot<i8>(w11, u1, second1);
        second0 = dot<i8>(w00, u0, v128.load(bias));
        second1 = dot<i8>(w01, u1, v128.load(bias, 16));
        leave<T>(d, out, count, done0, done1, scales);
        out += channels * sizeof<T>();
      }
    }
    from += d.stepY;
    to += d.width * channels * sizeof<T>();
  }
}

/** 3×3, stride 2 along the line, no dilation, relaxed builds: every other column serves two outputs. */
@inline function depthwise3x3s2<T>(d: Depthwise, from: usize, to: usize): void {
  if (RELAXED == 0) return;
  const channels = d.channels;
  const line = d.line;
  const column = d.column;
  for (let y = 0; y < d.height; y++) {
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const w00 = v128.load(panel, 32), w01 = v128.load(panel, 48);
      const w10 = v128.load(panel, 64), w11 = v128.load(panel, 80);
      const w20 = v128.load(panel, 96), w21 = v128.load(panel, 112);
      const bias = panel;
      panel += d.panelBytes;
      const scales = panel - 32;
      const count = channels - c;
      let p = from + c;
      let out = to + c * sizeof<T>();
      let upper = columnPairs(p, line), lower = columnLast(p, line);
      let u0 = shortsLow(upper, lower), u1 = shortsHigh(upper, lower);
      for (let x = d.width; x > 0; x--) {
        let a0 = dot<i8>(w00, u0, v128.load(bias)), a1 = dot<i8>(w01, u1, v128.load(bias, 16));
        p += column;
        upper = columnPairs(p, line);
        lower = columnLast(p, line);
        a0 = dot<i8>(w10, shortsLow(upper, lower), a0);
        a1 = dot<i8>(w11, shortsHigh(upper, lower), a1);
        p += column;
        upper = columnPairs(p, line);
        lower = columnLast(p, line);
        u0 = shortsLow(upper, lower);
        u1 = shortsHigh(upper, lower);
        a0 = dot<i8>(w20, u0, a0);
        a1 = dot<i8>(w21, u1, a1);
        leave<T>(d, out, count, a0, a1, scales);
        out += channels * sizeof<T>();
      }
    }
    from += d.stepY;
    to += d.width * channels * sizeof<T>();
  }
}

export function depthwise3x3I8(d: Depthwise, from: usize, to: usize): void { depthwise3x3<i8>(d, from, to); }
export function depthwise3x3I32(d: Depthwise, from: usize, to: usize): void { depthwise3x3<i32>(d, from, to); }
export function depthwise3x3s2I8(d: Depthwise, from: usize, to: usize): void { depthwise3x3s2<i8>(d, from, to); }
export function depthwise3x3s2I32(d: Depthwise, from: usize, to: usize): void { depthwise3x3s2<i32>(d, from, to); }

/** Any kernel, stride and dilation. */
export function depthwiseF32(d: Depthwise, from: usize, to: usize): void {
  const channels = d.channels;
  const low = f32x4.splat(f32.reinterpret_i32(d.low));
  const high = f32x4.splat(f32.reinterpret_i32(d.high));
  for (let y = 0; y < d.height; y++) {
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const b0 = v128.load(panel), b1 = v128.load(panel, 16);
      const weights = panel + 32;
      panel += d.panelBytes;
      const end = weights + (d.groups << 5);
      const count = channels - c;
      let p = from + (c << 2);
      let out = to + (c << 2);
      for (let x = d.width; x > 0; x--) {
        let a0 = b0, a1 = b1;
        let at = d.offsets;
        for (let w = weights; w < end; w += 32) {
          const tap = p + load<i32>(at);
          a0 = f32x4.add(a0, f32x4.mul(v128.load(tap), v128.load(w)));
          a1 = f32x4.add(a1, f32x4.mul(v128.load(tap, 16), v128.load(w, 16)));
          at += 4;
        }
        store4Tail(out, f32x4.pmin(f32x4.pmax(a0, low), high), count);
        if (count > 4) store4Tail(out + 16, f32x4.pmin(f32x4.pmax(a1, low), high), count - 4);
        p += d.stepX;
        out += channels << 2;
      }
    }
    from += d.stepY;
    to += d.width * channels << 2;
  }
}

@inline function madd(acc: v128, p: usize, w: v128): v128 {
  return f32x4.add(acc, f32x4.mul(v128.load(p), w));
}

/** 3×3, any stride, no dilation: the nine weights of 4 channels stay in registers. */
export function depthwise3x3F32(d: Depthwise, from: usize, to: usize): void {
  const channels = d.channels;
  const low = f32x4.splat(f32.reinterpret_i32(d.low));
  const high = f32x4.splat(f32.reinterpret_i32(d.high));
  const column = d.column;
  const stepX = d.stepX;
  for (let y = 0; y < d.height; y++) {
    for (let c = 0; c < channels; c += 4) {
      const panel = d.panels + (c >> 3) * d.panelBytes + ((c & 4) << 2);
      const bias = v128.load(panel);
      const w0 = v128.load(panel, 32), w1 = v128.load(panel, 64), w2 = v128.load(panel, 96);
      const w3 = v128.load(panel, 128), w4 = v128.load(panel, 160), w5 = v128.load(panel, 192);
      const w6 = v128.load(panel, 224), w7 = v128.load(panel, 256), w8 = v128.load(panel, 288);
      const count = channels - c;
      let p = from + (c << 2);
      let out = to + (c << 2);
      for (let x = d.width; x > 0; x--) {
        let a = madd(bias, p, w0);
        a = madd(a, p + column, w1);
        a = madd(a, p + 2 * column, w2);
        let q = p + d.line;
        a = madd(a, q, w3);
        a = madd(a, q + column, w4);
        a = madd(a, q + 2 * column, w5);
        q += d.line;
        a = madd(a, q, w6);
        a = madd(a, q + column, w7);
        a = madd(a, q + 2 * column, w8);
        store4Tail(out, f32x4.pmin(f32x4.pmax(a, low), high), count);
        p += stepX;
        out += channels << 2;
      }
    }
    from += d.stepY;
    to += d.width * channels << 2;
  }
}
