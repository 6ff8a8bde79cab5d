// Borders, repetition of channels, and sums: what stands around convolutions.
import { loadPart, storePart } from './lanes';

/** Zero border; `gap` > 1 puts gap − 1 zeros between pixels (gradients of strided layers). */
export function pad(
  from: usize,
  to: usize,
  n: i32,
  h: i32,
  w: i32,
  c: i32,
  top: i32,
  left: i32,
  hp: i32,
  wp: i32,
  gapY: i32,
  gapX: i32,
): void {
  const pixel = c << 2;
  const line = wp * pixel;
  if (gapX > 1 || gapY > 1) memory.fill(to, 0, <usize>n * hp * line);
  for (let i = 0; i < n; i++) {
    if (gapX == 1 && gapY == 1) {
      // The border alone.
      memory.fill(to, 0, top * line);
      const below = top + h;
      memory.fill(to + below * line, 0, (hp - below) * line);
      for (let y = 0; y < h; y++) {
        const row = to + (top + y) * line;
        const right = (left + w) * pixel;
        memory.fill(row, 0, left * pixel);
        memory.copy(row + left * pixel, from, w * pixel);
        memory.fill(row + right, 0, line - right);
        from += w * pixel;
      }
    } else {
      for (let y = 0; y < h; y++) {
        const row = to + (top + y * gapY) * line + left * pixel;
        for (let x = 0; x < w; x++) memory.copy(row + x * gapX * pixel, from + x * pixel, pixel);
        from += w * pixel;
      }
    }
    to += hp * line;
  }
}

/** The inside of a padded image. */
export function crop(
  from: usize,
  to: usize,
  h: i32,
  w: i32,
  c: i32,
  top: i32,
  left: i32,
  wp: i32,
): void {
  const row = w * c * 4;
  for (let y = 0; y < h; y++) {
    memory.copy(to, from + ((top + y) * wp + left) * c * 4, row);
    to += row;
  }
}

/** Every float `times` times in a row: the input of a depthwise layer with a multiplier. */
export function repeat(from: usize, to: usize, n: i32, times: i32): void {
  for (let i = 0; i < n; i++) {
    const x = f32.load(from + (i << 2));
    for (let k = 0; k < times; k++) {
      f32.store(to, x);
      to += 4;
    }
  }
}

/** Sums of `times` floats in a row: the gradient of repeat. */
export function sumGroups(from: usize, to: usize, n: i32, times: i32): void {
  for (let i = 0; i < n; i++) {
    let sum: f32 = 0;
    for (let k = 0; k < times; k++) {
      sum += f32.load(from);
      from += 4;
    }
    f32.store(to + (i << 2), sum);
  }
}

export function add(a: usize, b: usize, y: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = i << 2;
    v128.store(y + at, f32x4.add(v128.load(a + at), v128.load(b + at)));
  }
  for (; i < n; i++) f32.store(y + (i << 2), f32.load(a + (i << 2)) + f32.load(b + (i << 2)));
}

/** out[c] = Σ rows / divisor: exact where the sums are small integers. */
export function columnSum(x: usize, out: usize, rows: i32, c: i32, divisor: f32): void {
  for (let k = 0; k < c; k += 4) {
    const count = c - k;
    let p = x + (k << 2);
    let a = f32x4.splat(0);
    if (count >= 4) {
      for (let i = 0; i < rows; i++) {
        a = f32x4.add(a, v128.load(p));
        p += c << 2;
      }
    } else {
      for (let i = 0; i < rows; i++) {
        a = f32x4.add(a, loadPart(p, count));
        p += c << 2;
      }
    }
    storePart(out + (k << 2), f32x4.div(a, f32x4.splat(divisor)), count);
  }
}

/** dx[row][c] = factor · dy[c]. */
export function spread(dy: usize, dx: usize, rows: i32, c: i32, factor: f32): void {
  const f = f32x4.splat(factor);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < c; k += 4) {
      const count = c - k;
      storePart(dx + (k << 2), f32x4.mul(loadPart(dy + (k << 2), count), f), count);
    }
    dx += c << 2;
  }
}
