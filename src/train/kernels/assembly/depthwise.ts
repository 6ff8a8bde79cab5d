// Depthwise convolution with multiplier 1 (others repeat their input first). Weights [rows][taps][c].
import { loadPart, madd, storePart } from './lanes';

export function depthwise(
  x: usize,
  out: usize,
  oh: i32,
  ow: i32,
  stepX: i32,
  stepY: i32,
  rows: i32,
  line: i32,
  taps: i32,
  tap: i32,
  c: i32,
  w: usize,
  bias: usize,
  flip: i32,
): void {
  const px = c << 2;
  const last = (rows * taps - 1) * px;
  for (let y = 0; y < oh; y++) {
    for (let k = 0; k < c; k += 4) {
      const count = c - k;
      const at = k << 2;
      const b = bias ? loadPart(bias + at, count) : f32x4.splat(0);
      if (rows == 3 && taps == 3 && count >= 4) {
        threeByThree(
          x + at,
          out + at,
          ow,
          stepX,
          px,
          line,
          tap,
          w + at + (flip ? last : 0),
          flip ? -px : px,
          b,
        );
        continue;
      }
      let p = x + at;
      let o = out + at;
      for (let i = 0; i < ow; i++) {
        let a = b;
        let q = w + at + (flip ? last : 0);
        for (let s = 0; s < rows; s++) {
          for (let t = 0; t < taps; t++) {
            a = madd(a, loadPart(q, count), loadPart(p + s * line + t * tap, count));
            q += flip ? -px : px;
          }
        }
        storePart(o, a, count);
        p += stepX;
        o += px;
      }
    }
    x += stepY;
    out += ow * px;
  }
}

function threeByThree(
  p: usize,
  o: usize,
  ow: i32,
  stepX: i32,
  px: i32,
  line: i32,
  tap: i32,
  w: usize,
  d: i32,
  b: v128,
): void {
  const w0 = v128.load(w);
  const w1 = v128.load(w + d);
  const w2 = v128.load(w + 2 * d);
  const w3 = v128.load(w + 3 * d);
  const w4 = v128.load(w + 4 * d);
  const w5 = v128.load(w + 5 * d);
  const w6 = v128.load(w + 6 * d);
  const w7 = v128.load(w + 7 * d);
  const w8 = v128.load(w + 8 * d);
  for (let i = 0; i < ow; i++) {
    const q = p + line;
    const r = q + line;
    let a = madd(b, w0, v128.load(p));
    let e = f32x4.mul(w1, v128.load(p + tap));
    a = madd(a, w2, v128.load(p + 2 * tap));
    e = madd(e, w3, v128.load(q));
    a = madd(a, w4, v128.load(q + tap));
    e = madd(e, w5, v128.load(q + 2 * tap));
    a = madd(a, w6, v128.load(r));
    e = madd(e, w7, v128.load(r + tap));
    a = madd(a, w8, v128.load(r + 2 * tap));
    v128.store(o, f32x4.add(a, e));
    p += stepX;
    o += px;
  }
}

/** dw[tap][c] += Σ x[pixel + tap][c] · dy[pixel][c]. */
export function depthwiseGradient(
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
  c: i32,
): void {
  const px = c << 2;
  for (let y = 0; y < oh; y++) {
    for (let k = 0; k < c; k += 4) {
      const count = c - k;
      const at = k << 2;
      if (rows == 3 && taps == 3 && count >= 4) {
        threeByThreeGradient(x + at, dy + at, dw + at, ow, stepX, px, line, tap);
        continue;
      }
      for (let s = 0; s < rows; s++) {
        for (let t = 0; t < taps; t++) {
          const to = dw + (s * taps + t) * px + at;
          let a = loadPart(to, count);
          let p = x + at + s * line + t * tap;
          let d = dy + at;
          for (let i = 0; i < ow; i++) {
            a = madd(a, loadPart(d, count), loadPart(p, count));
            p += stepX;
            d += px;
          }
          storePart(to, a, count);
        }
      }
    }
    x += stepY;
    dy += ow * px;
  }
}

function threeByThreeGradient(
  p: usize,
  d: usize,
  t: usize,
  ow: i32,
  stepX: i32,
  px: i32,
  line: i32,
  tap: i32,
): void {
  let w0 = v128.load(t);
  let w1 = v128.load(t + px);
  let w2 = v128.load(t + 2 * px);
  let w3 = v128.load(t + 3 * px);
  let w4 = v128.load(t + 4 * px);
  let w5 = v128.load(t + 5 * px);
  let w6 = v128.load(t + 6 * px);
  let w7 = v128.load(t + 7 * px);
  let w8 = v128.load(t + 8 * px);
  for (let i = 0; i < ow; i++) {
    const g = v128.load(d);
    const q = p + line;
    const r = q + line;
    w0 = madd(w0, g, v128.load(p));
    w1 = madd(w1, g, v128.load(p + tap));
    w2 = madd(w2, g, v128.load(p + 2 * tap));
    w3 = madd(w3, g, v128.load(q));
    w4 = madd(w4, g, v128.load(q + tap));
    w5 = madd(w5, g, v128.load(q + 2 * tap));
    w6 = madd(w6, g, v128.load(r));
    w7 = madd(w7, g, v128.load(r + tap));
    w8 = madd(w8, g, v128.load(r + 2 * tap));
    p += stepX;
    d += px;
  }
  v128.store(t, w0);
  v128.store(t + px, w1);
  v128.store(t + 2 * px, w2);
  v128.store(t + 3 * px, w3);
  v128.store(t + 4 * px, w4);
  v128.store(t + 5 * px, w5);
  v128.store(t + 6 * px, w6);
  v128.store(t + 7 * px, w7);
  v128.store(t + 8 * px, w8);
}
