/**
 * depthwise3x3.ts for plain SIMD: pairs of int16. A column's words are its lines 0 and 1, and line 2 with the
 * spare tap.
 */
import { Depthwise, leave, shortsHigh, shortsLow } from './depthwise';
import { dot } from './lanes';
import { leaveBytes } from './leave';

@inline function inside(x: i32, width: i32): bool {
  return <u32>x < <u32>width;
}

/** The two words of a column onto a sum. */
@inline function onto(w: usize, a: v128, b: v128, sum: v128): v128 {
  return dot(v128.load(w, 32), b, dot(v128.load(w), a, sum));
}

/** Stride 1 along the line: each column serves three outputs. */
export function plain1<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
  const channels = d.channels;
  const q = d.leave;
  const outStep = channels * leaveBytes<M>();
  const columns = d.width + 2;
  to += first * d.width * outStep;
  for (let y = first; y < last; y++) {
    const top = y * d.strideH - d.top;
    const has0 = inside(top, d.inH), has1 = inside(top + 1, d.inH), has2 = inside(top + 2, d.inH);
    const step0 = has0 ? d.column : 0, step1 = has1 ? d.column : 0, step2 = has2 ? d.column : 0;
    let panel = d.panels;
    for (let c = 0; c < channels; c += 8) {
      const bias = panel;
      const w = panel + 32;
      panel += d.panelBytes;
      const scales = panel - 32;
      const count = channels - c;
      const border = d.border + c;
      const line = from + top * d.line + c;
      let out = to + c * leaveBytes<M>();
      // f: two columns done; s: one column done.
      let f0 = v128.load(bias), f1 = v128.load(bias, 16), s0 = f0, s1 = f1;
      let x = -d.left;
      let p0 = (has0 ? line : border) + x * step0;
      let p1 = (has1 ? line + d.line : border) + x * step1;
      let p2 = (has2 ? line + 2 * d.line : border) + x * step2;
      for (let column = 0; column < columns; column++) {
        const is = inside(x, d.inW);
        const l0 = v128.load8x8_s(is ? p0 : border), l1 = v128.load8x8_s(is ? p1 : border);
        const l2 = v128.load8x8_s(is ? p2 : border);
        x++; p0 += step0; p1 += step1; p2 += step2;
        const a0 = shortsLow(l0, l1), a1 = shortsHigh(l0, l1);
        const b0 = shortsLow(l2, l2), b1 = shortsHigh(l2, l2);
        if (column >= 2) {
          leave<M>(q, out, count, onto(w + 128, a0, b0, f0), onto(w + 144, a1, b1, f1), v128.load(scales), v128.load(scales, 16));
          out += outStep;
        }
        f0 = onto(w + 64, a0, b0, s0);
        f1 = onto(w + 80, a1, b1, s1);
        s0 = onto(w, a0, b0, v128.load(bias));
        s1 = onto(w + 16, a1, b1, v128.load(bias, 16));
      }
    }
    to += d.width * outStep;
  }
}

/** Any stride. */
export function plain<M>(d: Depthwise, from: usize, to: usize, first: i32, last: i32): void {
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
      const line = from + top * d.line + c;
      const line0 = has0 ? line : border;
      const line1 = has1 ? line + d.line : border;
      const line2 = has2 ? line + 2 * d.line : border;
      let out = to + c * leaveBytes<M>();
      for (let ox = 0; ox < d.width; ox++) {
        let x = ox * d.strideW - d.left;
        let a0 = v128.load(bias), a1 = v128.load(bias, 16);
        for (let w = bias + 32; w < scales; w += 64) {
          const is = inside(x, inW);
          const r0 = v128.load8x8_s(is ? line0 + x * step0 : border);
          const r1 = v128.load8x8_s(is ? line1 + x * step1 : border);
          const r2 = v128.load8x8_s(is ? line2 + x * step2 : border);
          a0 = onto(w, shortsLow(r0, r1), shortsLow(r2, r2), a0);
          a1 = onto(w + 16, shortsHigh(r0, r1), shortsHigh(r2, r2), a1);
          x++;
        }
        leave<M>(q, out, count, a0, a1, v128.load(scales), v128.load(scales, 16));
        out += outStep;
      }
    }
    to += d.width * outStep;
  }
}
