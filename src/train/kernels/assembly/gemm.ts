// Convolutions and matrix products as outer products of 4 output pixels × 8 channels, and what packs
// their operands. A row's operand is `rows × taps` runs of `run` floats. Multiply, then add: no FMA.
import { loadPart, madd, storeEight } from './lanes';

/** [k][n] → panels [n/8][k][8], zeros at the end. */
export function pack(w: usize, to: usize, k: i32, n: i32): void {
  for (let o = 0; o < n; o += 8) {
    const count = min(8, n - o);
    for (let i = 0; i < k; i++) {
      const from = w + (i * n + o) * 4;
      if (count == 8) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      } else {
        memory.fill(to, 0, 32);
        memory.copy(to, from, count << 2);
      }
      to += 32;
    }
  }
}

/** [taps][n][k] → panels [n/8][taps · k][8], taps in reverse where `flip`: gradients to the input. */
export function packTransposed(w: usize, to: usize, taps: i32, n: i32, k: i32, flip: i32): void {
  for (let o = 0; o < n; o += 8) {
    const count = min(8, n - o);
    for (let t = 0; t < taps; t++) {
      const from = w + ((flip ? taps - 1 - t : t) * n + o) * k * 4;
      for (let i = 0; i < k; i++) {
        for (let l = 0; l < 8; l++) {
          f32.store(to + (l << 2), l < count ? f32.load(from + (l * k + i) * 4) : 0);
        }
        to += 32;
      }
    }
  }
}

/**
 * out[y][x][oc] = bias + Σ run · panels over `oh × ow` pixels. Steps and lines in bytes: stepX, stepY to
 * the next output pixel's operand; line, tap to the next row and tap within an operand.
 */
export function conv(
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
  run: i32,
  panels: usize,
  bias: usize,
  oc: i32,
): void {
  const step = oc << 2;
  const runBytes = run << 5;
  for (let y = 0; y < oh; y++) {
    for (let x0 = 0; x0 < ow; x0 += 4) {
      const at = min(x0, max(0, ow - 4));
      const r0 = x + at * stepX;
      const r1 = ow > 1 ? r0 + stepX : r0;
      const r2 = ow > 2 ? r0 + 2 * stepX : r0;
      const r3 = ow > 3 ? r0 + 3 * stepX : r0;
      let w = panels;
      for (let n = 0; n < oc; n += 8) {
        const count = oc - n;
        let c00 = f32x4.splat(0);
        let c01 = c00;
        if (bias) {
          c00 = loadPart(bias + (n << 2), count);
          c01 = loadPart(bias + (n << 2) + 16, count - 4);
        }
        let c10 = c00;
        let c11 = c01;
        let c20 = c00;
        let c21 = c01;
        let c30 = c00;
        let c31 = c01;
        for (let s = 0; s < rows; s++) {
          for (let t = 0; t < taps; t++) {
            const d = s * line + t * tap;
            let p0 = r0 + d;
            let p1 = r1 + d;
            let p2 = r2 + d;
            let p3 = r3 + d;
            const end = w + runBytes;
            while (w < end) {
              const w0 = v128.load(w);
              const w1 = v128.load(w, 16);
              w += 32;
              let a = v128.load32_splat(p0);
              p0 += 4;
              c00 = madd(c00, w0, a);
              c01 = madd(c01, w1, a);
              a = v128.load32_splat(p1);
              p1 += 4;
              c10 = madd(c10, w0, a);
              c11 = madd(c11, w1, a);
              a = v128.load32_splat(p2);
              p2 += 4;
              c20 = madd(c20, w0, a);
              c21 = madd(c21, w1, a);
              a = v128.load32_splat(p3);
              p3 += 4;
              c30 = madd(c30, w0, a);
              c31 = madd(c31, w1, a);
            }
          }
        }
        const o = out + at * step + (n << 2);
        if (ow > 3) storeEight(o + 3 * step, c30, c31, count);
        if (ow > 2) storeEight(o + 2 * step, c20, c21, count);
        if (ow > 1) storeEight(o + step, c10, c11, count);
        storeEight(o, c00, c01, count);
      }
    }
    x += stepY;
    out += ow * step;
  }
}

/** Columns of gradients added to the padded input; geometry as in conv. */
export function columnsToImage(
  columns: usize,
  dx: usize,
  oh: i32,
  ow: i32,
  stepX: i32,
  stepY: i32,
  rows: i32,
  line: i32,
  taps: i32,
  tap: i32,
  run: i32,
): void {
  for (let y = 0; y < oh; y++) {
    for (let x = 0; x < ow; x++) {
      for (let s = 0; s < rows; s++) {
        for (let t = 0; t < taps; t++) {
          const to = dx + y * stepY + x * stepX + s * line + t * tap;
          let j = 0;
          for (; j + 4 <= run; j += 4) {
            const a = to + (j << 2);
            v128.store(a, f32x4.add(v128.load(a), v128.load(columns + (j << 2))));
          }
          for (; j < run; j++) {
            const a = to + (j << 2);
            f32.store(a, f32.load(a) + f32.load(columns + (j << 2)));
          }
          columns += run << 2;
        }
      }
    }
  }
}
