/** float32 of depthwise3x3.ts: the nine weights of 4 channels stay in registers. Any stride. */
import { Depthwise } from './depthwise';
import { store4Tail } from './lanes';

@inline function inside(x: i32, width: i32): bool {
  return <u32>x < <u32>width;
}

@inline function madd(acc: v128, p: usize, w: v128): v128 {
  return f32x4.add(acc, f32x4.mul(v128.load(p), w));
}

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
