/**
 * Element by element on int16, all zero points 0: sums and products in fixed point as TFLite's builtin kernels
 * round (fixedPoint.ts), conversions, and functions by a table of all 65,536 results. Two operands as in elementwise.ts.
 */
import { quantize4 } from './elementwise';
import { finish4 } from './fixedPoint';
import { store8Shorts } from './gemmInt16';
import { store4Tail } from './lanes';

/** Written by ../kernels/elementwiseInt16.ts. Panels: those of fixedPoint.ts for four equal channels. */
@unmanaged
export class BinaryInt16 {
  /** Of the two operands of a sum, and of the result. */
  a: usize;
  b: usize;
  out: usize;
  /** −1 in every bit where b is taken off. */
  minus: i32;
  low: i32;
  high: i32;
}

@inline function sum4(k: BinaryInt16, x: v128, z: v128): v128 {
  const one = finish4(i32x4.shl(x, 15), k.a), two = finish4(i32x4.shl(z, 15), k.b);
  const minus = i32x4.splat(k.minus);
  return finish4(i32x4.add(one, i32x4.sub(v128.xor(two, minus), minus)), k.out);
}
@inline function sum8(k: BinaryInt16, x: v128, z: v128): v128 {
  return i16x8.narrow_i32x4_s(
    sum4(k, i32x4.extend_low_i16x8_s(x), i32x4.extend_low_i16x8_s(z)),
    sum4(k, i32x4.extend_high_i16x8_s(x), i32x4.extend_high_i16x8_s(z)),
  );
}
@inline function product8(k: BinaryInt16, x: v128, z: v128): v128 {
  return i16x8.narrow_i32x4_s(
    finish4(i32x4.extmul_low_i16x8_s(x, z), k.out),
    finish4(i32x4.extmul_high_i16x8_s(x, z), k.out),
  );
}

@inline function binary(
  isSum: bool, k: BinaryInt16, a: usize, b: usize, to: usize, repeats: i32, period: i32, first: i32, last: i32,
): void {
  const start = (repeats == 1 ? first : first * period) << 1;
  if (repeats == 1) {
    b += start;
    period = last - first;
  } else repeats = last - first;
  a += start;
  to += start;
  const low = i16x8.splat(<i16>k.low), high = i16x8.splat(<i16>k.high);
  for (let r = 0; r < repeats; r++) {
    for (let i = 0; i < period; i += 8) {
      const at = i << 1;
      const x = v128.load(a + at), z = v128.load(b + at);
      const y = isSum ? sum8(k, x, z) : product8(k, x, z);
      store8Shorts(to + at, i16x8.min_s(i16x8.max_s(y, low), high), period - i);
    }
    a += period << 1;
    to += period << 1;
  }
}

export function addI16(
  k: BinaryInt16, a: usize, b: usize, to: usize, repeats: i32, period: i32, first: i32, last: i32,
): void {
  binary(true, k, a, b, to, repeats, period, first, last);
}
export function mulI16(
  k: BinaryInt16, a: usize, b: usize, to: usize, repeats: i32, period: i32, first: i32, last: i32,
): void {
  binary(false, k, a, b, to, repeats, period, first, last);
}

/** `table`: of −32768 to 32767. */
export function tableI16(from: usize, to: usize, table: usize, first: i32, last: i32): void {
  const middle = table + 65536;
  for (let at = first << 1; at < last << 1; at += 2) {
    store<i16>(to + at, load<i16>(middle + (<i32>load<i16>(from + at) << 1)));
  }
}

/** rne(clamp(x · inverse)) */
export function quantizeF32I16(from: usize, to: usize, inverse: f32, first: i32, last: i32): void {
  const scale = f32x4.splat(inverse);
  const low = f32x4.splat(-32768), high = f32x4.splat(32767);
  const less = i32x4.splat(0x4b400000);
  for (let i = first; i < last; i += 8) {
    const at = from + (i << 2);
    const q0 = quantize4(v128.load(at), scale, low, high, less);
    const q1 = quantize4(v128.load(at, 16), scale, low, high, less);
    store8Shorts(to + (i << 1), i16x8.narrow_i32x4_s(q0, q1), last - i);
  }
}

export function dequantizeI16(from: usize, to: usize, scale: f32, first: i32, last: i32): void {
  const s = f32x4.splat(scale);
  for (let i = first; i < last; i += 4) {
    const x = v128.load16x4_s(from + (i << 1));
    store4Tail(to + (i << 2), f32x4.mul(f32x4.convert_i32x4_s(x), s), last - i);
  }
}
