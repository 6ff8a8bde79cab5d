/**
 * Two operands element by element; b has `period` elements and repeats. Parameters of int8
 * operations lie in a block (kernels/elementwise.ts). Unary operations and conversions. Each kernel computes
 * the elements first…last, or the repetitions where there are several.
 */
import { MAGIC, requantize, store4Tail, store8Tail } from './lanes';

@unmanaged
export class AddI8 {
  multiplierA: i32;
  multiplierB: i32;
  shift: i32;
  bias: i32;
  zeroPoint: i32;
  low: i32;
  high: i32;
}

/** Eight of ((bias + a·ma + b·mb) >> shift) + zp, as int16. */
@inline function add8(x: v128, z: v128, ma: v128, mb: v128, bias: v128, shift: i32, zero: v128): v128 {
  const s0 = i32x4.add(i32x4.add(bias, i32x4.mul(i32x4.extend_low_i16x8_s(x), ma)), i32x4.mul(i32x4.extend_low_i16x8_s(z), mb));
  const s1 = i32x4.add(i32x4.add(bias, i32x4.mul(i32x4.extend_high_i16x8_s(x), ma)), i32x4.mul(i32x4.extend_high_i16x8_s(z), mb));
  return i16x8.add_sat_s(i16x8.narrow_i32x4_s(i32x4.shr_s(s0, shift), i32x4.shr_s(s1, shift)), zero);
}

/** XNNPACK qs8-vadd: ((bias + a·ma + b·mb) >> shift) + zp. */
export function addI8(
  k: AddI8, a: usize, b: usize, to: usize, repeats: i32, period: i32, first: i32, last: i32,
): void {
  const start = repeats == 1 ? first : first * period;
  if (repeats == 1) {
    b += first;
    period = last - first;
  } else repeats = last - first;
  a += start;
  to += start;
  const ma = i32x4.splat(k.multiplierA), mb = i32x4.splat(k.multiplierB);
  const bias = i32x4.splat(k.bias);
  const shift = k.shift;
  const zero = i16x8.splat(<i16>k.zeroPoint);
  const low = i8x16.splat(<i8>k.low), high = i8x16.splat(<i8>k.high);
  for (let r = 0; r < repeats; r++) {
    let i = 0;
    for (; i + 16 <= period; i += 16) {
      const q0 = add8(v128.load8x8_s(a + i), v128.load8x8_s(b + i), ma, mb, bias, shift, zero);
      const q1 = add8(v128.load8x8_s(a + i, 8), v128.load8x8_s(b + i, 8), ma, mb, bias, shift, zero);
      v128.store(to + i, i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(q0, q1), low), high));
    }
    for (; i < period; i += 8) {
      const q = add8(v128.load8x8_s(a + i), v128.load8x8_s(b + i), ma, mb, bias, shift, zero);
      store8Tail(to + i, i8x16.min_s(i8x16.max_s(i8x16.narrow_i16x8_s(q, q), low), high), period - i);
    }
    a += period;
    to += period;
  }
}

@unmanaged
export class MulI8 {
  zeroA: i32;
  zeroB: i32;
  scale: f32;
  zeroPoint: i32;
  low: i32;
  high: i32;
}

/** Eight requantized (a − za)·(b − zb), as int16, not above the clamp yet. */
@inline function mul8(x: v128, z: v128, scale: v128, low: v128, less: v128): v128 {
  return i16x8.narrow_i32x4_s(
    requantize(i32x4.extmul_low_i16x8_s(x, z), scale, low, less),
    requantize(i32x4.extmul_high_i16x8_s(x, z), scale, low, less),
  );
}

/** XNNPACK qs8-vmul: requantized (a − za)·(b − zb). */
export function mulI8(
  k: MulI8, a: usize, b: usize, to: usize, repeats: i32, period: i32, first: i32, last: i32,
): void {
  const start = repeats == 1 ? first : first * period;
  if (repeats == 1) {
    b += first;
    period = last - first;
  } else repeats = last - first;
  a += start;
  to += start;
  const za = i16x8.splat(<i16>k.zeroA), zb = i16x8.splat(<i16>k.zeroB);
  const scale = f32x4.splat(k.scale);
  const base = i32.reinterpret_f32(MAGIC) - k.zeroPoint;
  const less = i32x4.splat(base);
  const low = i32x4.splat(base + k.low);
  const high = i8x16.splat(<i8>k.high);
  for (let r = 0; r < repeats; r++) {
    let i = 0;
    for (; i + 16 <= period; i += 16) {
      const x0 = i16x8.sub(v128.load8x8_s(a + i), za), z0 = i16x8.sub(v128.load8x8_s(b + i), zb);
      const x1 = i16x8.sub(v128.load8x8_s(a + i, 8), za), z1 = i16x8.sub(v128.load8x8_s(b + i, 8), zb);
      const q = i8x16.narrow_i16x8_s(mul8(x0, z0, scale, low, less), mul8(x1, z1, scale, low, less));
      v128.store(to + i, i8x16.min_s(q, high));
    }
    for (; i < period; i += 8) {
      const x = i16x8.sub(v128.load8x8_s(a + i), za), z = i16x8.sub(v128.load8x8_s(b + i), zb);
      const q = mul8(x, z, scale, low, less);
      store8Tail(to + i, i8x16.min_s(i8x16.narrow_i16x8_s(q, q), high), period - i);
    }
    a += period;
    to += period;
  }
}

@inline function combine(op: i32, x: v128, z: v128): v128 {
  if (op == 0) return f32x4.add(x, z);
  if (op == 1) return f32x4.sub(x, z);
  return f32x4.mul(x, z);
}

@inline function binaryF32(
  op: i32, a: usize, b: usize, to: usize, repeats: i32, period: i32, low: f32, high: f32, first: i32, last: i32,
): void {
  const start = (repeats == 1 ? first : first * period) << 2;
  a += start;
  to += start;
  if (repeats == 1) {
    b += start;
    period = last - first;
  } else repeats = last - first;
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (let r = 0; r < repeats; r++) {
    for (let i = 0; i < period; i += 4) {
      const at = i << 2;
      const y = combine(op, v128.load(a + at), v128.load(b + at));
      store4Tail(to + at, f32x4.pmin(f32x4.pmax(y, least), most), period - i);
    }
    a += period << 2;
    to += period << 2;
  }
}

export function addF32(
  a: usize, b: usize, to: usize, repeats: i32, period: i32, low: f32, high: f32, first: i32, last: i32,
): void {
  binaryF32(0, a, b, to, repeats, period, low, high, first, last);
}
export function subF32(
  a: usize, b: usize, to: usize, repeats: i32, period: i32, low: f32, high: f32, first: i32, last: i32,
): void {
  binaryF32(1, a, b, to, repeats, period, low, high, first, last);
}
export function mulF32(
  a: usize, b: usize, to: usize, repeats: i32, period: i32, low: f32, high: f32, first: i32, last: i32,
): void {
  binaryF32(2, a, b, to, repeats, period, low, high, first, last);
}

export function clampF32(from: usize, to: usize, low: f32, high: f32, first: i32, last: i32): void {
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (let i = first; i < last; i += 4) {
    const at = i << 2;
    store4Tail(to + at, f32x4.pmin(f32x4.pmax(v128.load(from + at), least), most), last - i);
  }
}

/** Any int8 → int8 function as 256 bytes, entry q + 128. */
export function tableI8(from: usize, to: usize, table: usize, first: i32, last: i32): void {
  const middle = table + 128;
  const end = from + last;
  from += first;
  to += first;
  for (; from + 8 <= end; from += 8) {
    store<u8>(to, load<u8>(middle + load<i8>(from)));
    store<u8>(to, load<u8>(middle + load<i8>(from, 1)), 1);
    store<u8>(to, load<u8>(middle + load<i8>(from, 2)), 2);
    store<u8>(to, load<u8>(middle + load<i8>(from, 3)), 3);
    store<u8>(to, load<u8>(middle + load<i8>(from, 4)), 4);
    store<u8>(to, load<u8>(middle + load<i8>(from, 5)), 5);
    store<u8>(to, load<u8>(middle + load<i8>(from, 6)), 6);
    store<u8>(to, load<u8>(middle + load<i8>(from, 7)), 7);
    to += 8;
  }
  while (from < end) {
    store<u8>(to++, load<u8>(middle + load<i8>(from++)));
  }
}

/** rne(clamp(x·inverse)) + zp; the clamp keeps it where MAGIC rounds. NaN gives zp. */
@inline export function quantize4(x: v128, scale: v128, low: v128, high: v128, less: v128): v128 {
  const y = f32x4.mul(x, scale);
  const number = v128.and(y, f32x4.eq(y, y));
  const clamped = f32x4.pmin(f32x4.pmax(number, low), high);
  return i32x4.sub(f32x4.add(clamped, f32x4.splat(MAGIC)), less);
}

/** rne(clamp(x·inverse)) + zp (XNNPACK f32-qs8-vcvt). */
export function quantizeF32(from: usize, to: usize, inverse: f32, zeroPoint: i32, first: i32, last: i32): void {
  const scale = f32x4.splat(inverse);
  const least = -128 - zeroPoint, most = 127 - zeroPoint;
  const low = f32x4.splat(<f32>least), high = f32x4.splat(<f32>most);
  const less = i32x4.splat(i32.reinterpret_f32(MAGIC) - zeroPoint);
  let i = first;
  for (; i + 16 <= last; i += 16) {
    const at = from + (i << 2);
    const q0 = quantize4(v128.load(at), scale, low, high, less);
    const q1 = quantize4(v128.load(at, 16), scale, low, high, less);
    const q2 = quantize4(v128.load(at, 32), scale, low, high, less);
    const q3 = quantize4(v128.load(at, 48), scale, low, high, less);
    v128.store(to + i, i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(q0, q1), i16x8.narrow_i32x4_s(q2, q3)));
  }
  for (; i < last; i += 8) {
    const at = from + (i << 2);
    const q0 = quantize4(v128.load(at), scale, low, high, less);
    const q1 = quantize4(v128.load(at, 16), scale, low, high, less);
    const pair = i16x8.narrow_i32x4_s(q0, q1);
    store8Tail(to + i, i8x16.narrow_i16x8_s(pair, pair), last - i);
  }
}

export function dequantizeI8(from: usize, to: usize, scale: f32, zeroPoint: i32, first: i32, last: i32): void {
  const s = f32x4.splat(scale);
  const zero = i16x8.splat(<i16>zeroPoint);
  for (let i = first; i < last; i += 8) {
    const x = i16x8.sub(v128.load8x8_s(from + i), zero);
    const y0 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(x)), s);
    const y1 = f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(x)), s);
    const at = to + (i << 2);
    store4Tail(at, y0, last - i);
    if (last - i > 4) store4Tail(at + 16, y1, last - i - 4);
  }
}

/** Dynamic range: y = (sum − zeroPoint·weightSum)·multiplier·scale + bias per channel, clamped. Rows first…last. */
export function finishHybrid(
  sums: usize, to: usize, channels: i32, zeroPoint: i32, multiplier: f32,
  weightSums: usize, scales: usize, bias: usize, low: f32, high: f32, first: i32, last: i32,
): void {
  const zero = i32x4.splat(zeroPoint);
  const factor = f32x4.splat(multiplier);
  sums += first * channels << 2;
  to += first * channels << 2;
  const least = f32x4.splat(low), most = f32x4.splat(high);
  for (let r = first; r < last; r++) {
    for (let c = 0; c < channels; c += 4) {
      const at = c << 2;
      const sum = i32x4.sub(v128.load(sums + at), i32x4.mul(zero, v128.load(weightSums + at)));
      let y = f32x4.mul(f32x4.mul(f32x4.convert_i32x4_s(sum), factor), v128.load(scales + at));
      y = f32x4.add(y, v128.load(bias + at));
      store4Tail(to + at, f32x4.pmin(f32x4.pmax(y, least), most), channels - c);
    }
    sums += channels << 2;
    to += channels << 2;
  }
}

/** Smallest and largest of n ≥ 1 float32, as two float32 at `to`. */
export function rangeF32(from: usize, n: i32, to: usize): void {
  let least = load<f32>(from), most = least;
  let i = 0;
  if (n >= 4) {
    let low = v128.load(from), high = low;
    for (; i + 4 <= n; i += 4) {
      const x = v128.load(from + (i << 2));
      low = f32x4.pmin(low, x);
      high = f32x4.pmax(high, x);
    }
    least = min(
      min(f32x4.extract_lane(low, 0), f32x4.extract_lane(low, 1)),
      min(f32x4.extract_lane(low, 2), f32x4.extract_lane(low, 3)),
    );
    most = max(
      max(f32x4.extract_lane(high, 0), f32x4.extract_lane(high, 1)),
      max(f32x4.extract_lane(high, 2), f32x4.extract_lane(high, 3)),
    );
  }
  for (; i < n; i++) {
    const x = load<f32>(from + (i << 2));
    least = min(least, x);
    most = max(most, x);
  }
  store<f32>(to, least);
  store<f32>(to, most, 4);
}

/**
 * zp + x·inverse, ties away from zero: MAGIC rounds ties to even, and a tie that it took toward zero
 * is moved on by one. NaN gives 0.
 */
@inline function roundAway(x: v128, inverse: v128, zero: v128): v128 {
  const any = f32x4.add(zero, f32x4.mul(x, inverse));
  const v = v128.and(any, f32x4.eq(any, any));
  const shifted = f32x4.add(v, f32x4.splat(MAGIC));
  const rest = f32x4.sub(v, f32x4.sub(shifted, f32x4.splat(MAGIC)));
  const half = v128.bitselect(v, f32x4.splat(0.5), f32x4.splat(-0.0));
  const away = v128.and(f32x4.eq(rest, half), v128.or(i32x4.shr_s(v, 31), i32x4.splat(1)));
  return i32x4.add(i32x4.sub(shifted, i32x4.splat(i32.reinterpret_f32(MAGIC))), away);
}

/** Dynamic range: float32 → int8 in [low, 127]; writes up to 7 bytes beyond `last`, a multiple of 8 or the end. */
export function quantizeRow(
  from: usize, to: usize, inverse: f32, zeroPoint: i32, low: i32, first: i32, last: i32,
): void {
  const scale = f32x4.splat(inverse);
  const zero = f32x4.splat(<f32>zeroPoint);
  const least = i8x16.splat(<i8>low);
  for (let i = first; i < last; i += 8) {
    const at = from + (i << 2);
    const pair = i16x8.narrow_i32x4_s(
      roundAway(v128.load(at), scale, zero),
      roundAway(v128.load(at, 16), scale, zero),
    );
    v128.store64_lane(to + i, i8x16.max_s(i8x16.narrow_i16x8_s(pair, pair), least), 0);
  }
}
