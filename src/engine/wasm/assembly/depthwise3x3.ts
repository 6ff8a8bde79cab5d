/**
 * Depthwise 3×3 without dilation, straight from the input: lines and columns outside of it are one pixel
 * of the border, so that nothing is copied. Panels as in depthwise.ts, a word (dot16: two) per column: its
 * three lines and a spare tap; for both strides 1 (not dot16) then the same again with the spare tap first, so
 * that four lines of a column serve two output lines. Each column is read once for all outputs of a line that
 * it serves.
 */
import { bytesLow, Depthwise, leave, shortsHigh, shortsLow } from './depthwise';
import { plain, plain1 } from './depthwise3x3Dot16';
import { dot, store8Tail, unsigned } from './lanes';
import { bytes16, leaveBytes, Clamped, Even, Open, Sums } from './leave';

/** 8 channels of two lines, interleaved. */
@inline function pairs(q0: usize, q1: usize): v128 {
  return bytesLow(v128.load64_zero(q0), v128.load64_zero(q1));
}
/** 4 channels of a column of four lines. */
@inline function low4(p0: usize, p1: usize, p2: usize, p3: usize, flip: v128): v128 {
  return unsigned(shortsLow(pairs(p0, p1), pairs(p2, p3)), flip);
}
@inline function high4(p0: usize, p1: usize, p2: usize, p3: usize, flip: v128): v128 {
  return unsigned(shortsHigh(pairs(p0, p1), pairs(p2, p3)), flip);
}

@inline function inside(x: i32, width: i32): bool {
  return <u32>x < <u32>width;
}

/** 8 channels of two lines, of which `count` exist; the lower line is written first. */
@inline function leave2<M>(
  d: Depthwise, upper: usize, lower: usize, count: i32, u0: v128, u1: v128, v0: v128, v1: v128, scales: usize,
): void {
  if (sizeof<M>() == 4) {
    leave<M>(d.leave, lower, count, v0, v1, v0, v1);
    leave<M>(d.leave, upper, count, u0, u1, u0, u1);
    return;
  }
  const k0 = v128.load(scales), k1 = v128.load(scales, 16);
  const bytes = bytes16<M>(d.leave, u0, u1, v0, v1, k0, k1, k0, k1);
  if (count >= 8) {
    v128.store64_lane(lower, bytes, 1);
    v128.store64_lane(upper, bytes, 0);
  } else {
    store8Tail(lower, i64x2.splat(i64x2.extract_lane(bytes, 1)), count);
    store8Tail(upper, bytes, count);
  }
}

/** Both strides 1: two output lines at a time. */
function stride1<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const inW = d.inW;
  const flip = v128.load32_splat(changetype<usize>(d), offsetof<Depthwise>('flip'));
  const outStep = channels * leaveBytes<M>();
  to += first * d.width * outStep;
  for (let y = first; y < last; y += 2) {
    // A line that is missing is written before the other, to its place.
    const next = y + 1 < last ? d.width * outStep : 0;
    const top = y - d.top;
    const has0 = inside(top, d.inH), has1 = inside(top + 1, d.inH);
    const has2 = inside(top + 2, d.inH), has3 = inside(top + 3, d.inH);
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const w = panel;
      panel += d.panelBytes;
      const count = channels - c;
      const border = d.border + c;
      const line = from + top * d.line + c;
      let step0 = has0 ? d.column : 0, step1 = has1 ? d.column : 0;
      let step2 = has2 ? d.column : 0, step3 = has3 ? d.column : 0;
      let x = -d.left;
      let p0 = (has0 ? line : border) + x * step0, p1 = (has1 ? line + d.line : border) + x * step1;
      let p2 = (has2 ? line + 2 * d.line : border) + x * step2, p3 = (has3 ? line + 3 * d.line : border) + x * step3;
      let out = to + c * leaveBytes<M>();
      const b0 = v128.load(w), b1 = v128.load(w, 16);
      let is = inside(x, inW);
      let q0 = is ? p0 : border, q1 = is ? p1 : border, q2 = is ? p2 : border, q3 = is ? p3 : border;
      let a0 = low4(q0, q1, q2, q3, flip), a1 = high4(q0, q1, q2, q3, flip);
      // Of the upper (f, s) and the lower line (g, t): two columns done, one column done.
      let f0 = dot(v128.load(w, 32), a0, b0), f1 = dot(v128.load(w, 48), a1, b1);
      let g0 = dot(v128.load(w, 128), a0, b0), g1 = dot(v128.load(w, 144), a1, b1);
      x++; p0 += step0; p1 += step1; p2 += step2; p3 += step3;
      is = inside(x, inW);
      q0 = is ? p0 : border; q1 = is ? p1 : border; q2 = is ? p2 : border; q3 = is ? p3 : border;
      a0 = low4(q0, q1, q2, q3, flip);
      a1 = high4(q0, q1, q2, q3, flip);
      x++; p0 += step0; p1 += step1; p2 += step2; p3 += step3;
      f0 = dot(v128.load(w, 64), a0, f0);
      f1 = dot(v128.load(w, 80), a1, f1);
      g0 = dot(v128.load(w, 160), a0, g0);
      g1 = dot(v128.load(w, 176), a1, g1);
      let s0 = dot(v128.load(w, 32), a0, b0), s1 = dot(v128.load(w, 48), a1, b1);
      let t0 = dot(v128.load(w, 128), a0, b0), t1 = dot(v128.load(w, 144), a1, b1);
      let left = d.width;
      // Columns of the input, then those behind it.
      let columns = x < 0 ? 0 : max(0, min(left, inW - x));
      do {
        left -= columns;
        for (; columns > 0; columns--) {
          const upper = pairs(p0, p1), lower = pairs(p2, p3);
          a0 = unsigned(shortsLow(upper, lower), flip);
          a1 = unsigned(shortsHigh(upper, lower), flip);
          p0 += step0; p1 += step1; p2 += step2; p3 += step3;
          leave2<M>(
            d, out, out + next, count,
            dot(v128.load(w, 96), a0, f0), dot(v128.load(w, 112), a1, f1),
            dot(v128.load(w, 192), a0, g0), dot(v128.load(w, 208), a1, g1), w + 224,
          );
          out += outStep;
          f0 = dot(v128.load(w, 64), a0, s0);
          f1 = dot(v128.load(w, 80), a1, s1);
          g0 = dot(v128.load(w, 160), a0, t0);
          g1 = dot(v128.load(w, 176), a1, t1);
          const c0 = v128.load(w), c1 = v128.load(w, 16);
          s0 = dot(v128.load(w, 32), a0, c0);
          s1 = dot(v128.load(w, 48), a1, c1);
          t0 = dot(v128.load(w, 128), a0, c0);
          t1 = dot(v128.load(w, 144), a1, c1);
        }
        columns = left;
        p0 = p1 = p2 = p3 = border;
        step0 = step1 = step2 = step3 = 0;
      } while (left > 0);
    }
    to += 2 * d.width * outStep;
  }
}

/** Stride 2 along the line: every other column serves two outputs. */
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
      const w = panel;
      panel += d.panelBytes;
      const w00 = v128.load(w, 32), w01 = v128.load(w, 48), w10 = v128.load(w, 64);
      const w11 = v128.load(w, 80), w20 = v128.load(w, 96), w21 = v128.load(w, 112);
      const count = channels - c;
      const border = d.border + c;
      const line = from + top * d.line + c;
      let x = -d.left;
      let p0 = (has0 ? line : border) + x * step0;
      let p1 = (has1 ? line + d.line : border) + x * step1;
      let p2 = (has2 ? line + 2 * d.line : border) + x * step2;
      let out = to + c * leaveBytes<M>();
      let is = inside(x, inW);
      let upper = pairs(is ? p0 : border, is ? p1 : border), lower = v128.load8x8_u(is ? p2 : border);
      let a0 = unsigned(shortsLow(upper, lower), flip), a1 = unsigned(shortsHigh(upper, lower), flip);
      for (let left = d.width; left > 0; left--) {
        for (let inner = x < 0 ? 0 : min(left, (inW - 1 - x) >> 1); inner > 0; inner--) {
          let u0 = dot(w00, a0, v128.load(w)), u1 = dot(w01, a1, v128.load(w, 16));
          p0 += step0; p1 += step1; p2 += step2;
          upper = pairs(p0, p1);
          lower = v128.load8x8_u(p2);
          u0 = dot(w10, unsigned(shortsLow(upper, lower), flip), u0);
          u1 = dot(w11, unsigned(shortsHigh(upper, lower), flip), u1);
          p0 += step0; p1 += step1; p2 += step2;
          upper = pairs(p0, p1);
          lower = v128.load8x8_u(p2);
          a0 = unsigned(shortsLow(upper, lower), flip);
          a1 = unsigned(shortsHigh(upper, lower), flip);
          leave<M>(q, out, count, dot(w20, a0, u0), dot(w21, a1, u1), v128.load(w, 128), v128.load(w, 144));
          out += outStep;
          x += 2;
          left--;
        }
        if (left == 0) break;
        let u0 = dot(w00, a0, v128.load(w)), u1 = dot(w01, a1, v128.load(w, 16));
        x++; p0 += step0; p1 += step1; p2 += step2;
        is = inside(x, inW);
        upper = pairs(is ? p0 : border, is ? p1 : border);
        lower = v128.load8x8_u(is ? p2 : border);
        u0 = dot(w10, unsigned(shortsLow(upper, lower), flip), u0);
        u1 = dot(w11, unsigned(shortsHigh(upper, lower), flip), u1);
        x++; p0 += step0; p1 += step1; p2 += step2;
        is = inside(x, inW);
        upper = pairs(is ? p0 : border, is ? p1 : border);
        lower = v128.load8x8_u(is ? p2 : border);
        a0 = unsigned(shortsLow(upper, lower), flip);
        a1 = unsigned(shortsHigh(upper, lower), flip);
        leave<M>(q, out, count, dot(w20, a0, u0), dot(w21, a1, u1), v128.load(w, 128), v128.load(w, 144));
        out += outStep;
      }
    }
    to += d.width * outStep;
  }
}

@inline function any<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  if (RELAXED == 0) {
    if (d.strideW == 1) plain1<M>(d, from, to, first, last);
    else plain<M>(d, from, to, first, last);
  } else if (d.strideW == 1) stride1<M>(d, from, to, first, last);
  else stride2<M>(d, from, to, first, last);
}

/** Both strides 1, or 2 along the line; dot16: any. */
export function depthwise3x3I8(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  switch (d.leave.mode) {
    case 0: any<Even>(d, from, to, first, last); return;
    case 1: any<Open>(d, from, to, first, last); return;
    default: any<Clamped>(d, from, to, first, last);
  }
}
export function depthwise3x3I32(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void { any<Sums>(d, from, to, first, last); }
