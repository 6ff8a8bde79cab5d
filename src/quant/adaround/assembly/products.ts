// Outputs and gradients of a linear layer on rows of patches. Weights and their gradients lie in panels of 8
// output channels, [channels/8][k][8]; of a depthwise layer as [k][channels], channels in fours. Sums run in
// the order of k (or of rows), multiplication and addition apart.

// @ts-ignore: decorator
@inline
function madd(acc: v128, a: v128, b: v128): v128 {
  return f32x4.add(acc, f32x4.mul(a, b));
}

/** y[row][8 · panels] of `rows` (a multiple of 4) rows x[row][k]. */
export function forward(x: usize, w: usize, y: usize, rows: i32, k: i32, panels: i32): void {
  const line = k << 2;
  const step = panels << 5;
  for (let row = 0; row < rows; row += 4) {
    const from = x + row * line;
    let p = w;
    for (let n = 0; n < panels; n++) {
      let p0 = from;
      let p1 = p0 + line;
      let p2 = p1 + line;
      let p3 = p2 + line;
      let c00 = f32x4.splat(0);
      let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      const end = p + (k << 5);
      while (p < end) {
        const w0 = v128.load(p);
        const w1 = v128.load(p, 16);
        p += 32;
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
      let o = y + row * step + (n << 5);
      v128.store(o, c00);
      v128.store(o, c01, 16);
      o += step;
      v128.store(o, c10);
      v128.store(o, c11, 16);
      o += step;
      v128.store(o, c20);
      v128.store(o, c21, 16);
      o += step;
      v128.store(o, c30);
      v128.store(o, c31, 16);
    }
  }
}

/** g[panel][k][8] = Σ x[row][k] · e[row][channel]. `k` in fours is done four at a time. */
export function gradient(x: usize, e: usize, g: usize, rows: i32, k: i32, panels: i32): void {
  const line = k << 2;
  const step = panels << 5;
  for (let n = 0; n < panels; n++) {
    const to = g + n * (k << 5);
    let j = 0;
    for (; j + 4 <= k; j += 4) {
      let c00 = f32x4.splat(0);
      let c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
      let p = x + (j << 2);
      let d = e + (n << 5);
      const end = d + rows * step;
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
        p += line;
      }
      const o = to + (j << 5);
      v128.store(o, c00);
      v128.store(o, c01, 16);
      v128.store(o, c10, 32);
      v128.store(o, c11, 48);
      v128.store(o, c20, 64);
      v128.store(o, c21, 80);
      v128.store(o, c30, 96);
      v128.store(o, c31, 112);
    }
    for (; j < k; j++) {
      let c0 = f32x4.splat(0);
      let c1 = c0;
      for (let row = 0; row < rows; row++) {
        const d = e + row * step + (n << 5);
        const a = v128.load32_splat(x + row * line + (j << 2));
        c0 = madd(c0, v128.load(d), a);
        c1 = madd(c1, v128.load(d, 16), a);
      }
      v128.store(to + (j << 5), c0);
      v128.store(to + (j << 5), c1, 16);
    }
  }
}

/** y[row][channel] = Σ x[row][k][channel] · w[k][channel]. */
export function forwardDepthwise(x: usize, w: usize, y: usize, rows: i32, k: i32, channels: i32): void {
  const bytes = channels << 2;
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < bytes; c += 16) {
      let sum = f32x4.splat(0);
      let p = x + c;
      let q = w + c;
      for (let i = 0; i < k; i++) {
        sum = madd(sum, v128.load(p), v128.load(q));
        p += bytes;
        q += bytes;
      }
      v128.store(y + c, sum);
    }
    x += k * bytes;
    y += bytes;
  }
}

/** g[k][channel] = Σ x[row][k][channel] · e[row][channel]. */
export function gradientDepthwise(x: usize, e: usize, g: usize, rows: i32, k: i32, channels: i32): void {
  const bytes = channels << 2;
  const line = k * bytes;
  for (let i = 0; i < k; i++) {
    for (let c = 0; c < bytes; c += 16) {
      let sum = f32x4.splat(0);
      let p = x + i * bytes + c;
      let d = e + c;
      for (let row = 0; row < rows; row++) {
        sum = madd(sum, v128.load(p), v128.load(d));
        p += line;
        d += bytes;
      }
      v128.store(g + i * bytes + c, sum);
    }
  }
}

/** x[row][k] = Σ e[row][channel] · w[panel][k][8]: gradients to the inputs. */
export function back(e: usize, w: usize, x: usize, rows: i32, k: i32, panels: i32): void {
  const step = panels << 5;
  const panel = k << 5;
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      let sum = f32x4.splat(0);
      let p = w + (i << 5);
      let d = e;
      for (let n = 0; n < panels; n++) {
        sum = madd(sum, v128.load(d), v128.load(p));
        sum = madd(sum, v128.load(d, 16), v128.load(p, 16));
        d += 32;
        p += panel;
      }
      const low = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
      store<f32>(x, low + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3)));
      x += 4;
    }
    e += step;
  }
}

/** x[row][k][channel] = e[row][channel] · w[k][channel]. */
export function backDepthwise(e: usize, w: usize, x: usize, rows: i32, k: i32, channels: i32): void {
  const bytes = channels << 2;
  for (let row = 0; row < rows; row++) {
    let p = w;
    for (let i = 0; i < k; i++) {
      for (let c = 0; c < bytes; c += 16) {
        v128.store(x + c, f32x4.mul(v128.load(e + c), v128.load(p + c)));
      }
      x += bytes;
      p += bytes;
    }
    e += bytes;
  }
}
