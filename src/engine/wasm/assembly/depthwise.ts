/**
 * Depthwise convolution of any filter, over the padded input (pad.ts, channels already repeated);
 * 3×3 without dilation is in depthwise3x3.ts. Channels in blocks of 8, each with a panel:
 *   int8     8 × int32 bias, groups × 8 words, 8 × float32 scale; a word holds 4 (or 2) taps
 *   float32  8 × bias, taps × 8 weights
 * Each kernel computes the output lines first…last.
 */
import { dot, store4Tail, store8Tail, unsigned } from './lanes';
import { bytes8, Leave, leaveBytes, Clamped, Sums } from './leave';

/** Written by kernels/depthwise.ts: words in this order. */
@unmanaged
export class Depthwise {
  height: i32;
  width: i32;
  channels: i32;
  /** Bytes of the operand between neighbouring outputs in a line, and between lines. */
  stepX: i32;
  stepY: i32;
  /** int32 byte offsets of the taps; a multiple of 4 (or 2) of them, spare ones have weight 0. */
  offsets: usize;
  groups: i32;
  panels: usize;
  panelBytes: i32;
  leave: Leave;
  /** Clamp of float32. */
  low: f32;
  high: f32;
  /** 3×3 alone: bytes of the input between neighbouring columns and lines. */
  column: i32;
  line: i32;
  inH: i32;
  inW: i32;
  strideH: i32;
  strideW: i32;
  top: i32;
  left: i32;
  /** One pixel of the border. */
  border: usize;
  /** −128 in every byte. */
  flip: i32;
}

/** 8 channels of one output, of which `count` exist. M: leave.ts. */
@inline export function leave<M>(q: Leave, to: usize, count: i32, a0: v128, a1: v128, s0: v128, s1: v128): void {
  if (sizeof<M>() == 4) {
    store4Tail(to, a0, count);
    if (count > 4) store4Tail(to + 16, a1, count - 4);
    return;
  }
  store8Tail(to, bytes8<M>(q, a0, a1, s0, s1), count);
}

@inline export function bytesLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
@inline export function shortsLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}
@inline export function shortsHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

/** Any filter, stride and dilation. */
@inline function depthwise<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const q = d.leave;
  const flip = v128.load32_splat(changetype<usize>(d), offsetof<Depthwise>('flip'));
  const outStep = channels * leaveBytes<M>();
  from += first * d.stepY;
  to += first * d.width * outStep;
  for (let y = first; y < last; y++) {
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const b0 = v128.load(panel), b1 = v128.load(panel, 16);
      const weights = panel + 32;
      panel += d.panelBytes;
      const scales = panel - 32;
      const count = channels - c;
      let p = from + c;
      let out = to + c * leaveBytes<M>();
      const end = weights + (d.groups << 5);
      for (let x = d.width; x > 0; x--) {
        let a0 = b0, a1 = b1;
        let at = d.offsets;
        for (let w = weights; w < end; w += 32) {
          if (RELAXED == 1) {
            const upper = bytesLow(v128.load64_zero(p + load<i32>(at)), v128.load64_zero(p + load<i32>(at, 4)));
            const lower = bytesLow(v128.load64_zero(p + load<i32>(at, 8)), v128.load64_zero(p + load<i32>(at, 12)));
            a0 = dot(v128.load(w), unsigned(shortsLow(upper, lower), flip), a0);
            a1 = dot(v128.load(w, 16), unsigned(shortsHigh(upper, lower), flip), a1);
            at += 16;
          } else {
            const upper = v128.load8x8_s(p + load<i32>(at)), lower = v128.load8x8_s(p + load<i32>(at, 4));
            a0 = dot(v128.load(w), shortsLow(upper, lower), a0);
            a1 = dot(v128.load(w, 16), shortsHigh(upper, lower), a1);
            at += 8;
          }
        }
        leave<M>(q, out, count, a0, a1, v128.load(scales), v128.load(scales, 16));
        p += d.stepX;
        out += outStep;
      }
    }
    from += d.stepY;
    to += d.width * outStep;
  }
}

export function depthwiseI8(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void { depthwise<Clamped>(d, from, to, first, last); }
export function depthwiseI32(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void { depthwise<Sums>(d, from, to, first, last); }

/** Any filter, stride and dilation. */
export function depthwiseF32(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const low = f32x4.splat(d.low);
  const high = f32x4.splat(d.high);
  from += first * d.stepY;
  to += first * d.width * channels << 2;
  for (let y = first; y < last; y++) {
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
