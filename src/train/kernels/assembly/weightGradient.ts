// Gradients of convolution weights: outer products of operand runs and output gradients along a row.
import { madd } from './lanes';

/** dw[tap][j][o] += Σ x[pixel + tap + j] · dy[pixel][o]; geometry as in conv. */
export function weightGradient(
  x: usize,
  dy: usize,
  dw: usize,
  oh: i32,
  ow: i32,
  stepX: i32,
  stepY: i32,
  rows: i32,
  line: i32,
  taps: i32,
  tap: i32,
  run: i32,
  oc: i32,
): void {
  const step = oc << 2;
  const blocks = oc & ~7;
  for (let y = 0; y < oh; y++) {
    for (let s = 0; s < rows; s++) {
      for (let t = 0; t < taps; t++) {
        const from = x + s * line + t * tap;
        const to = dw + (s * taps + t) * run * step;
        for (let o = 0; o < blocks; o += 8) {
          eight(from, dy + (o << 2), to + (o << 2), ow, stepX, step, run);
        }
        for (let o = blocks; o < oc; o++) {
          one(from, dy + (o << 2), to + (o << 2), ow, stepX, step, run);
        }
      }
    }
    x += stepY;
    dy += ow * step;
  }
}

function eight(x: usize, dy: usize, dw: usize, ow: i32, stepX: i32, step: i32, run: i32): void {
  let j = 0;
  for (; j + 4 <= run; j += 4) {
    const t = dw + j * step;
    let c00 = v128.load(t);
    let c01 = v128.load(t, 16);
    let c10 = v128.load(t + step);
    let c11 = v128.load(t + step, 16);
    let c20 = v128.load(t + 2 * step);
    let c21 = v128.load(t + 2 * step, 16);
    let c30 = v128.load(t + 3 * step);
    let c31 = v128.load(t + 3 * step, 16);
    let p = x + (j << 2);
    let d = dy;
    const end = d + ow * step;
    while (d < end) {
      const d0 = v128.load(d);
      const d1 = v128.load(d, 16);
      d += step;
      let a = v128.load32_splat(p);
      c00 = madd(c00, d0, a);
      c01 = madd(c01, d1, a);
      a = v128.load32_splat(p, 4);
      c10 = madd(c10, d0, a);
      c11 = madd(c11, d1, a);
      a = v128.load32_splat(p, 8);
      c20 = madd(c20, d0, a);
      c21 = madd(c21, d1, a);
      a = v128.load32_splat(p, 12);
      c30 = madd(c30, d0, a);
      c31 = madd(c31, d1, a);
      p += stepX;
    }
    v128.store(t, c00);
    v128.store(t, c01, 16);
    v128.store(t + step, c10);
    v128.store(t + step, c11, 16);
    v128.store(t + 2 * step, c20);
    v128.store(t + 2 * step, c21, 16);
    v128.store(t + 3 * step, c30);
    v128.store(t + 3 * step, c31, 16);
  }
  for (; j < run; j++) {
    const t = dw + j * step;
    let c0 = v128.load(t);
    let c1 = v128.load(t, 16);
    let p = x + (j << 2);
    let d = dy;
    for (let i = 0; i < ow; i++) {
      const a = v128.load32_splat(p);
      c0 = madd(c0, v128.load(d), a);
      c1 = madd(c1, v128.load(d, 16), a);
      d += step;
      p += stepX;
    }
    v128.store(t, c0);
    v128.store(t, c1, 16);
  }
}

/** One output channel, four operand floats at a time. */
function one(x: usize, dy: usize, dw: usize, ow: i32, stepX: i32, step: i32, run: i32): void {
  let j = 0;
  for (; j + 4 <= run; j += 4) {
    let c = f32x4.splat(0);
    let p = x + (j << 2);
    let d = dy;
    for (let i = 0; i < ow; i++) {
      c = madd(c, v128.load(p), v128.load32_splat(d));
      d += step;
      p += stepX;
    }
    const t = dw + j * step;
    f32.store(t, f32.load(t) + f32x4.extract_lane(c, 0));
    f32.store(t + step, f32.load(t + step) + f32x4.extract_lane(c, 1));
    f32.store(t + 2 * step, f32.load(t + 2 * step) + f32x4.extract_lane(c, 2));
    f32.store(t + 3 * step, f32.load(t + 3 * step) + f32x4.extract_lane(c, 3));
  }
  for (; j < run; j++) {
    let c: f32 = 0;
    let p = x + (j << 2);
    let d = dy;
    for (let i = 0; i < ow; i++) {
      c += f32.load(p) * f32.load(d);
      d += step;
      p += stepX;
    }
    const t = dw + j * step;
    f32.store(t, f32.load(t) + c);
  }
}
