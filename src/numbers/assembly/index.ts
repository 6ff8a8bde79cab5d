/**
 * Sums over many numbers, chunk by chunk: the caller copies a chunk in and the state stays in `out`.
 * Element i of a tensor goes to chain i mod 4 of every sum; a chunk's length is a multiple of 4 but for
 * the last. sums.ts does the same in the same order, so both give the same numbers.
 */

function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}
function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(i8x16.shuffle(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
}

/** out: f64 sums[4], f64 squares[4], f32 min[4], f32 max[4]. */
export function summarize(from: usize, n: i32, out: usize): void {
  let sum0 = v128.load(out);
  let sum1 = v128.load(out, 16);
  let square0 = v128.load(out, 32);
  let square1 = v128.load(out, 48);
  let min = v128.load(out, 64);
  let max = v128.load(out, 80);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4, from += 16) {
    const x = v128.load(from);
    min = f32x4.pmin(min, x);
    max = f32x4.pmax(max, x);
    const a = low(x);
    const b = high(x);
    sum0 = f64x2.add(sum0, a);
    sum1 = f64x2.add(sum1, b);
    square0 = f64x2.add(square0, f64x2.mul(a, a));
    square1 = f64x2.add(square1, f64x2.mul(b, b));
  }
  v128.store(out, sum0);
  v128.store(out, sum1, 16);
  v128.store(out, square0, 32);
  v128.store(out, square1, 48);
  v128.store(out, min, 64);
  v128.store(out, max, 80);
  for (let lane = 0; lane < n - whole; lane++, from += 4) {
    const x = load<f32>(from);
    const y = <f64>x;
    const at = out + (<usize>lane << 3);
    store<f64>(at, load<f64>(at) + y);
    store<f64>(at, load<f64>(at, 32) + y * y, 32);
    const small = out + (<usize>lane << 2);
    if (x < load<f32>(small, 64)) store<f32>(small, x, 64);
    if (load<f32>(small, 80) < x) store<f32>(small, x, 80);
  }
}

/** f32 of four stored numbers: kind 0 float32, 1 int8, 2 uint8, 3 int16. */
// @ts-ignore: decorator
@inline
function four(kind: i32, from: usize, i: i32, scale: v128, zero: v128): v128 {
  if (kind == 0) return v128.load(from + (<usize>i << 2));
  let q: v128;
  if (kind == 1) q = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from + <usize>i)));
  else if (kind == 2) q = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from + <usize>i)));
  else q = i32x4.extend_low_i16x8_s(v128.load64_zero(from + (<usize>i << 1)));
  return f32x4.mul(f32x4.convert_i32x4_s(i32x4.sub(q, zero)), scale);
}

/** out: f64 signal[4], noise[4], quantized[4], dot[4], largest[4]. Reads up to 16 bytes beyond the last element. */
// @ts-ignore: decorator
@inline
function compareAs(kind: i32, from: usize, real: usize, n: i32, factor: f32, zeroPoint: i32, out: usize): void {
  const scale = f32x4.splat(factor);
  const zero = i32x4.splat(zeroPoint);
  let signal0 = v128.load(out);
  let signal1 = v128.load(out, 16);
  let noise0 = v128.load(out, 32);
  let noise1 = v128.load(out, 48);
  let quantized0 = v128.load(out, 64);
  let quantized1 = v128.load(out, 80);
  let dot0 = v128.load(out, 96);
  let dot1 = v128.load(out, 112);
  let largest0 = v128.load(out, 128);
  let largest1 = v128.load(out, 144);
  const whole = n & ~3;
  for (let i = 0; i < whole; i += 4) {
    const x = v128.load(from + (<usize>i << 2));
    const y = four(kind, real, i, scale, zero);
    const x0 = low(x);
    const x1 = high(x);
    const y0 = low(y);
    const y1 = high(y);
    const e0 = f64x2.sub(x0, y0);
    const e1 = f64x2.sub(x1, y1);
    signal0 = f64x2.add(signal0, f64x2.mul(x0, x0));
    signal1 = f64x2.add(signal1, f64x2.mul(x1, x1));
    noise0 = f64x2.add(noise0, f64x2.mul(e0, e0));
    noise1 = f64x2.add(noise1, f64x2.mul(e1, e1));
    quantized0 = f64x2.add(quantized0, f64x2.mul(y0, y0));
    quantized1 = f64x2.add(quantized1, f64x2.mul(y1, y1));
    dot0 = f64x2.add(dot0, f64x2.mul(x0, y0));
    dot1 = f64x2.add(dot1, f64x2.mul(x1, y1));
    largest0 = f64x2.pmax(largest0, f64x2.abs(e0));
    largest1 = f64x2.pmax(largest1, f64x2.abs(e1));
  }
  v128.store(out, signal0);
  v128.store(out, signal1, 16);
  v128.store(out, noise0, 32);
  v128.store(out, noise1, 48);
  v128.store(out, quantized0, 64);
  v128.store(out, quantized1, 80);
  v128.store(out, dot0, 96);
  v128.store(out, dot1, 112);
  v128.store(out, largest0, 128);
  v128.store(out, largest1, 144);
  const rest = four(kind, real, whole, scale, zero);
  for (let lane = 0; lane < n - whole; lane++) {
    const x = <f64>load<f32>(from + (<usize>(whole + lane) << 2));
    const y = <f64>(lane == 0
      ? f32x4.extract_lane(rest, 0)
      : lane == 1
        ? f32x4.extract_lane(rest, 1)
        : f32x4.extract_lane(rest, 2));
    const e = x - y;
    const at = out + (<usize>lane << 3);
    store<f64>(at, load<f64>(at) + x * x);
    store<f64>(at, load<f64>(at, 32) + e * e, 32);
    store<f64>(at, load<f64>(at, 64) + y * y, 64);
    store<f64>(at, load<f64>(at, 96) + x * y, 96);
    const size = abs<f64>(e);
    if (load<f64>(at, 128) < size) store<f64>(at, size, 128);
  }
}

export function compareF32(from: usize, real: usize, n: i32, factor: f32, zeroPoint: i32, out: usize): void {
  compareAs(0, from, real, n, factor, zeroPoint, out);
}
export function compareI8(from: usize, real: usize, n: i32, factor: f32, zeroPoint: i32, out: usize): void {
  compareAs(1, from, real, n, factor, zeroPoint, out);
}
export function compareU8(from: usize, real: usize, n: i32, factor: f32, zeroPoint: i32, out: usize): void {
  compareAs(2, from, real, n, factor, zeroPoint, out);
}
export function compareI16(from: usize, real: usize, n: i32, factor: f32, zeroPoint: i32, out: usize): void {
  compareAs(3, from, real, n, factor, zeroPoint, out);
}

/**
 * Counts of numbers in equal bins of f64 `counts`: bin (x − least) · perBin, toward zero, held within.
 * The same double arithmetic as JavaScript's.
 */
export function count(from: usize, n: i32, least: f64, perBin: f64, bins: i32, counts: usize): void {
  const bottom = f64x2.splat(least);
  const factor = f64x2.splat(perBin);
  const top = f64x2.splat(<f64>(bins - 1));
  const none = f64x2.splat(0);
  const whole = n & ~3;
  let i = 0;
  for (; i < whole; i += 4, from += 16) {
    const x = v128.load(from);
    let a = f64x2.mul(f64x2.sub(low(x), bottom), factor);
    let b = f64x2.mul(f64x2.sub(high(x), bottom), factor);
    a = f64x2.pmin(f64x2.pmax(a, none), top);
    b = f64x2.pmin(f64x2.pmax(b, none), top);
    const p = i32x4.trunc_sat_f64x2_s_zero(a);
    const q = i32x4.trunc_sat_f64x2_s_zero(b);
    bump(counts, i32x4.extract_lane(p, 0));
    bump(counts, i32x4.extract_lane(p, 1));
    bump(counts, i32x4.extract_lane(q, 0));
    bump(counts, i32x4.extract_lane(q, 1));
  }
  for (; i < n; i++, from += 4) {
    let a = (<f64>load<f32>(from) - least) * perBin;
    if (!(a > 0)) a = 0;
    if (<f64>(bins - 1) < a) a = <f64>(bins - 1);
    bump(counts, <i32>a);
  }
}

// @ts-ignore: decorator
@inline
function bump(counts: usize, bin: i32): void {
  const at = counts + (<usize>bin << 3);
  store<f64>(at, load<f64>(at) + 1);
}
