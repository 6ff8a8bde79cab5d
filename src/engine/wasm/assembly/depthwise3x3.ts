/**
 * Depthwise 3×3 without dilation, straight from the input: lines and columns outside of it are one pixel
 * of the border, so that nothing is copied. Panels as in depthwise.ts, a word (or two) per column: its
 * three lines and a spare tap. Each column is read once for all outputs that it serves.
 */
import { bytesLow, Depthwise, leave, shortsHigh, shortsLow } from './depthwise';
import { dot, store4Tail, unsigned } from './lanes';
import { leaveBytes, Clamped, Even, Open, Sums } from './leave';

/** A column's first words of 8 channels: lines 0 and 1 (and 2 where a word holds 4). */
@inline function pairs(q0: usize, q1: usize): v128 {
  return bytesLow(v128.load64_zero(q0), v128.load64_zero(q1));
}
/** Line 2 and the spare tap, whose weight is 0. */
@inline function third(q2: usize): v128 {
  return v128.load8x8_u(q2);
}

@inline function inside(x: i32, width: i32): bool {
  return <u32>x < <u32>width;
}

/** Relaxed builds, stride 1 along the line: each column serves three outputs. */
function stride1<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const inW = d.inW;
  const q = d.leave;
  const flip = v128.load32_splat(changetype<usize>(d), offsetof<Depthwise>('flip'));
  const outStep = channels * leaveBytes<M>();
  to += first * d.width * outStep;
  for (let y = first; y < last; y++) {
    const top = y * d.strideH - d.top;
    const has0 = inside(top, d.inH), has1 = inside(top + 1, d.inH), has2 = inside(top + 2, d.inH);
    const step0 = has0 ? d.column : 0, step1 = has1 ? d.column : 0, step2 = has2 ? d.column : 0;
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const w00 = v128.load(panel, 32), w01 = v128.load(panel, 48);
      const w10 = v128.load(panel, 64), w11 = v128.load(panel, 80);
      const w20 = v128.load(panel, 96), w21 = v128.load(panel, 112);
      const bias = panel;
      panel += d.panelBytes;
      const scales = panel - 32;
      const count = channels - c;
      const border = d.border + c;
      let x = -d.left;
      let p0 = (has0 ? from + top * d.line + c : border) + x * step0;
      let p1 = (has1 ? from + (top + 1) * d.line + c : border) + x * step1;
      let p2 = (has2 ? from + (top + 2) * d.line + c : border) + x * step2;
      let out = to + c * leaveBytes<M>();
      let is = inside(x, inW);
      let upper = pairs(is ? p0 : border, is ? p1 : border), lower = third(is ? p2 : border);
      let u0 = unsigned(shortsLow(upper, lower), flip), u1 = unsigned(shortsHigh(upper, lower), flip);
      x++; p0 += step0; p1 += step1; p2 += step2;
      // first: two columns done; second: one column done.
      let first0 = dot(w00, u0, v128.load(bias)), first1 = dot(w01, u1, v128.load(bias, 16));
      is = inside(x, inW);
      upper = pairs(is ? p0 : border, is ? p1 : border);
      lower = third(is ? p2 : border);
      u0 = unsigned(shortsLow(upper, lower), flip);
      u1 = unsigned(shortsHigh(upper, lower), flip);
      x++; p0 += step0; p1 += step1; p2 += step2;
      let second0 = dot(w00, u0, v128.load(bias)), second1 = dot(w01, u1, v128.load(bias, 16));
      first0 = dot(w10, u0, first0);
      first1 = dot(w11, u1, first1);
      let left = d.width;
      for (let inner = min(left, inW - x); inner > 0; inner--, left--) {
        upper = pairs(p0, p1);
        lower = third(p2);
        u0 = unsigned(shortsLow(upper, lower), flip);
        u1 = unsigned(shortsHigh(upper, lower), flip);
        p0 += step0; p1 += step1; p2 += step2;
        const done0 = dot(w20, u0, first0), done1 = dot(w21, u1, first1);
        first0 = dot(w10, u0, second0);
        first1 = dot(w11, u1, second1);
        second0 = dot(w00, u0, v128.load(bias));
        second1 = dot(w01, u1, v128.load(bias, 16));
        leave<M>(q, out, count, done0, done1, v128.load(scales), v128.load(scales, 16));
        out += outStep;
      }
      // Columns behind the input.
      for (; left > 0; left--) {
        upper = pairs(border, border);
        lower = third(border);
        u0 = unsigned(shortsLow(upper, lower), flip);
        u1 = unsigned(shortsHigh(upper, lower), flip);
        const done0 = dot(w20, u0, first0), done1 = dot(w21, u1, first1);
        first0 = dot(w10, u0, second0);
        first1 = dot(w11, u1, second1);
        second0 = dot(w00, u0, v128.load(bias));
        second1 = dot(w01, u1, v128.load(bias, 16));
        leave<M>(q, out, count, done0, done1, v128.load(scales), v128.load(scales, 16));
        out += outStep;
      }
    }
    to += d.width * outStep;
  }
}

/** Relaxed builds, stride 2 along the line: every other column serves two outputs. */
function stride2<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const inW = d.inW;
  const q = d.leave;
  const flip = v128.load32_splat(changetype<usize>(d), offsetof<Depthwise>('flip'));
  const outStep = channels * leaveBytes<M>();
  to += first * d.width * outStep;
  for (let y = first; y < last; y++) {
    const top = y * d.strideH - d.top;
    const has0 = inside(top, d.inH), has1 = inside(top + 1, d.inH), has2 = inside(top + 2, d.inH);
    const step0 = has0 ? d.column : 0, step1 = has1 ? d.column : 0, step2 = has2 ? d.column : 0;
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const w00 = v128.load(panel, 32), w01 = v128.load(panel, 48);
      const w10 = v128.load(panel, 64), w11 = v128.load(panel, 80);
      const w20 = v128.load(panel, 96), w21 = v128.load(panel, 112);
      const bias = panel;
      panel += d.panelBytes;
      const scales = panel - 32;
      const count = channels - c;
      const border = d.border + c;
      let x = -d.left;
      let p0 = (has0 ? from + top * d.line + c : border) + x * step0;
      let p1 = (has1 ? from + (top + 1) * d.line + c : border) + x * step1;
      let p2 = (has2 ? from + (top + 2) * d.line + c : border) + x * step2;
      let out = to + c * leaveBytes<M>();
      let is = inside(x, inW);
      let upper = pairs(is ? p0 : border, is ? p1 : border), lower = third(is ? p2 : border);
      let u0 = unsigned(shortsLow(upper, lower), flip), u1 = unsigned(shortsHigh(upper, lower), flip);
      let left = d.width;
      for (; left > 0 && x >= 0 && x + 2 < inW; left--) {
        let a0 = dot(w00, u0, v128.load(bias)), a1 = dot(w01, u1, v128.load(bias, 16));
        p0 += step0; p1 += step1; p2 += step2;
        upper = pairs(p0, p1);
        lower = third(p2);
        a0 = dot(w10, unsigned(shortsLow(upper, lower), flip), a0);
        a1 = dot(w11, unsigned(shortsHigh(upper, lower), flip), a1);
        p0 += step0; p1 += step1; p2 += step2;
        upper = pairs(p0, p1);
        lower = third(p2);
        u0 = unsigned(shortsLow(upper, lower), flip);
        u1 = unsigned(shortsHigh(upper, lower), flip);
        a0 = dot(w20, u0, a0);
        a1 = dot(w21, u1, a1);
        x += 2;
        leave<M>(q, out, count, a0, a1, v128.load(scales), v128.load(scales, 16));
        out += outStep;
      }
      for (; left > 0; left--) {
        let a0 = dot(w00, u0, v128.load(bias)), a1 = dot(w01, u1, v128.load(bias, 16));
        x++; p0 += step0; p1 += step1; p2 += step2;
        is = inside(x, inW);
        upper = pairs(is ? p0 : border, is ? p1 : border);
        lower = third(is ? p2 : border);
        a0 = dot(w10, unsigned(shortsLow(upper, lower), flip), a0);
        a1 = dot(w11, unsigned(shortsHigh(upper, lower), flip), a1);
        x++; p0 += step0; p1 += step1; p2 += step2;
        is = inside(x, inW);
        upper = pairs(is ? p0 : border, is ? p1 : border);
        lower = third(is ? p2 : border);
        u0 = unsigned(shortsLow(upper, lower), flip);
        u1 = unsigned(shortsHigh(upper, lower), flip);
        a0 = dot(w20, u0, a0);
        a1 = dot(w21, u1, a1);
        leave<M>(q, out, count, a0, a1, v128.load(scales), v128.load(scales, 16));
        out += outStep;
      }
    }
    to += d.width * outStep;
  }
}

/** One column of 8 channels onto two sums: pairs of int16. */
@inline function wideLow(w: usize, r0: v128, r1: v128, r2: v128, acc: v128): v128 {
  const none = i64x2.splat(0);
  return dot(v128.load(w, 32), shortsLow(r2, none), dot(v128.load(w), shortsLow(r0, r1), acc));
}
@inline function wideHigh(w: usize, r0: v128, r1: v128, r2: v128, acc: v128): v128 {
  const none = i64x2.splat(0);
  return dot(v128.load(w, 48), shortsHigh(r2, none), dot(v128.load(w, 16), shortsHigh(r0, r1), acc));
}

/** Plain SIMD, any stride. */
function plain<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const inW = d.inW;
  const q = d.leave;
  const outStep = channels * leaveBytes<M>();
  to += first * d.width * outStep;
  for (let y = first; y < last; y++) {
    const top = y * d.strideH - d.top;
    const has0 = inside(top, d.inH), has1 = inside(top + 1, d.inH), has2 = inside(top + 2, d.inH);
    const step0 = has0 ? d.column : 0, step1 = has1 ? d.column : 0, step2 = has2 ? d.column : 0;
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const bias = panel;
      panel += d.panelBytes;
      const scales = panel - 32;
      const count = channels - c;
      const border = d.border + c;
      const line0 = has0 ? from + top * d.line + c : border;
      const line1 = has1 ? from + (top + 1) * d.line + c : border;
      const line2 = has2 ? from + (top + 2) * d.line + c : border;
      let out = to + c * leaveBytes<M>();
      for (let ox = 0; ox < d.width; ox++) {
        let x = ox * d.strideW - d.left;
        let a0 = v128.load(bias), a1 = v128.load(bias, 16);
        for (let w = bias + 32; w < scales; w += 64) {
          const is = inside(x, inW);
          const r0 = v128.load8x8_s(is ? line0 + x * step0 : border);
          const r1 = v128.load8x8_s(is ? line1 + x * step1 : border);
          const r2 = v128.load8x8_s(is ? line2 + x * step2 : border);
          a0 = wideLow(w, r0, r1, r2, a0);
          a1 = wideHigh(w, r0, r1, r2, a1);
          x++;
        }
        leave<M>(q, out, count, a0, a1, v128.load(scales), v128.load(scales, 16));
        out += outStep;
      }
    }
    to += d.width * outStep;
  }
}

@inline function any<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  if (RELAXED == 0) plain<M>(d, from, to, first, last);
  else if (d.strideW == 1) stride1<M>(d, from, to, first, last);
  else stride2<M>(d, from, to, first, last);
}

/** Strides 1 and 2 along the line. */
export function depthwise3x3I8(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  switch (d.leave.mode) {
    case 0: any<Even>(d, from, to, first, last); return;
    case 1: any<Open>(d, from, to, first, last); return;
    default: any<Clamped>(d, from, to, first, last);
  }
}
export function depthwise3x3I32(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void { any<Sums>(d, from, to, first, last); }

@inline function madd(acc: v128, p: usize, w: v128): v128 {
  return f32x4.add(acc, f32x4.mul(v128.load(p), w));
}

/** Any stride: the nine weights of 4 channels stay in registers. */
export function depthwise3x3F32(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const low = f32x4.splat(d.low);
  const high = f32x4.splat(d.high);
  const inW = d.inW;
  const strideW = d.strideW;
  const outStep = channels << 2;
  to += first * d.width * outStep;
  for (let y = first; y < last; y++) {
    const top = y * d.strideH - d.top;
    const has0 = inside(top, d.inH), has1 = inside(top + 1, d.inH), has2 = inside(top + 2, d.inH);
    const step0 = has0 ? d.column : 0, step1 = has1 ? d.column : 0, step2 = has2 ? d.column : 0;
    for (let c = 0; c < channels; c += 4) {
      const panel = d.panels + (c >> 3) * d.panelBytes + ((c & 4) << 2);
      const bias = v128.load(panel);
      const w0 = v128.load(panel, 32), w1 = v128.load(panel, 64), w2 = v128.load(panel, 96);
      const w3 = v128.load(panel, 128), w4 = v128.load(panel, 160), w5 = v128.load(panel, 192);
      const w6 = v128.load(panel, 224), w7 = v128.load(panel, 256), w8 = v128.load(panel, 288);
      const count = channels - c;
      const border = d.border + (c << 2);
      const line0 = has0 ? from + top * d.line + (c << 2) : border;
      const line1 = has1 ? from + (top + 1) * d.line + (c << 2) : border;
      const line2 = has2 ? from + (top + 2) * d.line + (c << 2) : border;
      let out = to + (c << 2);
      let x = -d.left;
      for (let left = d.width; left > 0; left--) {
        let p = line0 + x * step0, q = line1 + x * step1, r = line2 + x * step2;
        let a = bias;
        if (x >= 0 && x + 2 < inW) {
          a = madd(madd(madd(a, p, w0), p + step0, w1), p + 2 * step0, w2);
          a = madd(madd(madd(a, q, w3), q + step1, w4), q + 2 * step1, w5);
          a = madd(madd(madd(a, r, w6), r + step2, w7), r + 2 * step2, w8);
        } else {
          const i0 = inside(x, inW), i1 = inside(x + 1, inW), i2 = inside(x + 2, inW);
          a = madd(madd(a, i0 ? p : border, w0), i1 ? p + step0 : border, w1);
          a = madd(a, i2 ? p + 2 * step0 : border, w2);
          a = madd(madd(a, i0 ? q : border, w3), i1 ? q + step1 : border, w4);
          a = madd(a, i2 ? q + 2 * step1 : border, w5);
          a = madd(madd(a, i0 ? r : border, w6), i1 ? r + step2 : border, w7);
          a = madd(a, i2 ? r + 2 * step2 : border, w8);
        }
        store4Tail(out, f32x4.pmin(f32x4.pmax(a, low), high), count);
        x += strideW;
        out += outStep;
      }
    }
    to += d.width * outStep;
  }
}
