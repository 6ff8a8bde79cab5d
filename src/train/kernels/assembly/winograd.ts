// Rows of three taps by four multiplications for two results instead of six (Winograd, F(2,3) and F(3,2);
// Lavin and Gray, arXiv 1509.09308 §4.1): what stands around the products, which gemm.ts and
// weightGradient.ts compute place by place. Channels come in fours.

/** [h][width][c] → [4][h][pairs][c]: d0 − d2, d1 + d2, d2 − d1, d1 − d3 of each pair's four pixels. */
export function winogradInput(x: usize, to: usize, h: i32, width: i32, pairs: i32, c: i32): void {
  const pixel: usize = c << 2;
  const place = h * pairs * pixel;
  for (let y = 0; y < h; y++) {
    let p = x + y * width * pixel;
    for (let t = 0; t < pairs; t++) {
      for (let k: usize = 0; k < pixel; k += 16) {
        const at = p + k;
        const d1 = v128.load(at + pixel);
        const d2 = v128.load(at + 2 * pixel);
        v128.store(to + k, f32x4.sub(v128.load(at), d2));
        v128.store(to + place + k, f32x4.add(d1, d2));
        v128.store(to + 2 * place + k, f32x4.sub(d2, d1));
        v128.store(to + 3 * place + k, f32x4.sub(d1, v128.load(at + 3 * pixel)));
      }
      to += pixel;
      p += 2 * pixel;
    }
  }
}

/** [4][pairs][c] → [pairs][2][c]: m0 + m1 + m2, m1 − m2 − m3. */
export function winogradOutput(m: usize, to: usize, pairs: i32, c: i32): void {
  const pixel: usize = c << 2;
  const place = pairs * pixel;
  for (let t = 0; t < pairs; t++) {
    for (let k: usize = 0; k < pixel; k += 16) {
      const at = m + k;
      const m1 = v128.load(at + place);
      const m2 = v128.load(at + 2 * place);
      v128.store(to + k, f32x4.add(v128.load(at), f32x4.add(m1, m2)));
      v128.store(to + pixel + k, f32x4.sub(f32x4.sub(m1, m2), v128.load(at + 3 * place)));
    }
    m += pixel;
    to += 2 * pixel;
  }
}

/** Weights [rows][3][size], their columns in reverse → [4][rows][size]. */
export function winogradWeights(w: usize, to: usize, rows: i32, size: i32): void {
  const half = f32x4.splat(0.5);
  const bytes: usize = size << 2;
  const place = rows * bytes;
  for (let s = 0; s < rows; s++) {
    for (let k: usize = 0; k < bytes; k += 16) {
      const w0 = v128.load(w + k);
      const w1 = v128.load(w + bytes + k);
      const w2 = v128.load(w + 2 * bytes + k);
      const ends = f32x4.add(w0, w2);
      v128.store(to + k, w2);
      v128.store(to + place + k, f32x4.mul(half, f32x4.add(ends, w1)));
      v128.store(to + 2 * place + k, f32x4.mul(half, f32x4.sub(ends, w1)));
      v128.store(to + 3 * place + k, w0);
    }
    w += 3 * bytes;
    to += bytes;
  }
}

/** Gradients [pairs][2][c] → [4][pairs][c]: g0, (g0 + g1) / 2, (g0 − g1) / 2, g1. */
export function winogradGradient(dy: usize, to: usize, pairs: i32, c: i32): void {
  const half = f32x4.splat(0.5);
  const pixel: usize = c << 2;
  const place = pairs * pixel;
  for (let t = 0; t < pairs; t++) {
    for (let k: usize = 0; k < pixel; k += 16) {
      const g0 = v128.load(dy + k);
      const g1 = v128.load(dy + pixel + k);
      v128.store(to + k, g0);
      v128.store(to + place + k, f32x4.mul(half, f32x4.add(g0, g1)));
      v128.store(to + 2 * place + k, f32x4.mul(half, f32x4.sub(g0, g1)));
      v128.store(to + 3 * place + k, g1);
    }
    dy += 2 * pixel;
    to += pixel;
  }
}

/** Products [4][rows][size] → gradients of weights [rows][3][size]: p0 + p1 + p2, p1 − p2, p1 + p2 − p3. */
export function winogradTaps(p: usize, dw: usize, rows: i32, size: i32): void {
  const bytes: usize = size << 2;
  const place = rows * bytes;
  for (let s = 0; s < rows; s++) {
    for (let k: usize = 0; k < bytes; k += 16) {
      const at = p + k;
      const p1 = v128.load(at + place);
      const p2 = v128.load(at + 2 * place);
      const sum = f32x4.add(p1, p2);
      v128.store(dw + k, f32x4.add(v128.load(at), sum));
      v128.store(dw + bytes + k, f32x4.sub(p1, p2));
      v128.store(dw + 2 * bytes + k, f32x4.sub(sum, v128.load(at + 3 * place)));
    }
    p += bytes;
    dw += 3 * bytes;
  }
}
