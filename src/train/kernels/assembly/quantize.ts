// Fake quantization of activations: y = s · clamp(round(clamp(x, bounds) / s), low − z, high − z), and its
// gradients (LSQ, arXiv 1902.08153 eq. 2 and 3, the zero point fixed). Integers are counted from the
// zero point. pmin and pmax take their first operand on NaN, so that NaN comes through.
import { loadPart, storePart, sumOf } from './lanes';

/** Largest float32 below one half: adding it and truncating rounds ties away from zero. */
const ALMOST_HALF: f32 = 0.49999997;

// @ts-ignore: decorator
@inline
function away(t: v128): v128 {
  const sign = v128.and(t, i32x4.splat(0x80000000));
  return f32x4.trunc(f32x4.add(t, v128.or(sign, f32x4.splat(ALMOST_HALF))));
}

/** mode: 0 ties to even, 1 ties up, 2 ties away from zero, 3 ties away from zero of the stored integer. */
// @ts-ignore: decorator
@inline
function rounded(t: v128, mode: i32, zero: v128): v128 {
  if (mode == 0) return f32x4.nearest(t);
  if (mode == 1) return f32x4.floor(f32x4.add(t, f32x4.splat(0.5)));
  if (mode == 2) return away(t);
  return f32x4.sub(away(f32x4.add(t, zero)), zero);
}

export function clamp(x: usize, y: usize, n: i32, low: f32, high: f32): void {
  const l = f32x4.splat(low);
  const h = f32x4.splat(high);
  for (let i = 0; i < n; i += 4) {
    const at = i << 2;
    const v = loadPart(x + at, n - i);
    storePart(y + at, f32x4.pmin(f32x4.pmax(v, l), h), n - i);
  }
}

/** dx = dy where low < x < high. */
export function clampGradient(x: usize, dy: usize, dx: usize, n: i32, low: f32, high: f32): void {
  const l = f32x4.splat(low);
  const h = f32x4.splat(high);
  for (let i = 0; i < n; i += 4) {
    const at = i << 2;
    const v = loadPart(x + at, n - i);
    const passes = v128.and(f32x4.gt(v, l), f32x4.lt(v, h));
    storePart(dx + at, v128.and(loadPart(dy + at, n - i), passes), n - i);
  }
}

export function fakeQuantize(
  x: usize,
  y: usize,
  n: i32,
  scale: usize,
  zero: f32,
  low: f32,
  high: f32,
  actLow: f32,
  actHigh: f32,
  mode: i32,
): void {
  const s = v128.load32_splat(scale);
  const inverse = f32x4.div(f32x4.splat(1), s);
  const z = f32x4.splat(zero);
  const l = f32x4.splat(low - zero);
  const h = f32x4.splat(high - zero);
  const al = f32x4.splat(actLow);
  const ah = f32x4.splat(actHigh);
  let i = 0;
  if (mode == 0) {
    for (; i + 4 <= n; i += 4) {
      const v = f32x4.pmin(f32x4.pmax(v128.load(x + (i << 2)), al), ah);
      const q = f32x4.nearest(f32x4.mul(v, inverse));
      v128.store(y + (i << 2), f32x4.mul(f32x4.pmin(f32x4.pmax(q, l), h), s));
    }
  }
  for (; i < n; i += 4) {
    const at = i << 2;
    const v = f32x4.pmin(f32x4.pmax(loadPart(x + at, n - i), al), ah);
    const q = rounded(f32x4.mul(v, inverse), mode, z);
    storePart(y + at, f32x4.mul(f32x4.pmin(f32x4.pmax(q, l), h), s), n - i);
  }
}

/** Floats summed in lanes before they go into a float64 sum. */
const BLOCK = 1024;

/** x: what was quantized. Writes dx and, at `ds`, the gradient of the scale. */
export function fakeQuantizeGradient(
  x: usize,
  dy: usize,
  dx: usize,
  ds: usize,
  n: i32,
  scale: usize,
  zero: f32,
  low: f32,
  high: f32,
  actLow: f32,
  actHigh: f32,
  mode: i32,
): void {
  const s = v128.load32_splat(scale);
  const inverse = f32x4.div(f32x4.splat(1), s);
  const z = f32x4.splat(zero);
  const l = f32x4.splat(low - zero);
  const h = f32x4.splat(high - zero);
  const al = f32x4.splat(actLow);
  const ah = f32x4.splat(actHigh);
  let total: f64 = 0;
  for (let block = 0; block < n; block += BLOCK) {
    const end = min(n, block + BLOCK);
    const whole = end & ~3;
    let sum = f32x4.splat(0);
    // Two loops: the mode of nearly every layer without a branch inside.
    if (mode == 0) {
      for (let i = block; i < whole; i += 4) {
        const at = i << 2;
        sum = f32x4.add(sum, gradient(x + at, dy + at, dx + at, 4, inverse, z, l, h, al, ah, 0));
      }
    } else {
      for (let i = block; i < whole; i += 4) {
        const at = i << 2;
        sum = f32x4.add(sum, gradient(x + at, dy + at, dx + at, 4, inverse, z, l, h, al, ah, mode));
      }
    }
    if (whole < end) {
      const at = whole << 2;
      const left = end - whole;
      sum = f32x4.add(sum, gradient(x + at, dy + at, dx + at, left, inverse, z, l, h, al, ah, mode));
    }
    total += sumOf(sum);
  }
  f32.store(ds, <f32>total);
}

/** Up to four elements: writes dx, returns their share of the scale's gradient. */
// @ts-ignore: decorator
@inline
function gradient(
  x: usize,
  dy: usize,
  dx: usize,
  count: i32,
  inverse: v128,
  z: v128,
  l: v128,
  h: v128,
  al: v128,
  ah: v128,
  mode: i32,
): v128 {
  const v = loadPart(x, count);
  const g = loadPart(dy, count);
  const t = f32x4.mul(f32x4.pmin(f32x4.pmax(v, al), ah), inverse);
  const inside = v128.and(f32x4.ge(t, l), f32x4.le(t, h));
  const q = f32x4.pmin(f32x4.pmax(rounded(t, mode, z), l), h);
  const passes = v128.and(inside, v128.and(f32x4.gt(v, al), f32x4.lt(v, ah)));
  storePart(dx, v128.and(g, passes), count);
  return f32x4.mul(g, f32x4.sub(q, v128.and(t, inside)));
}
