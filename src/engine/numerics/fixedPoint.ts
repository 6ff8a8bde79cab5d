/**
 * gemmlowp's fixed-point requantization as TFLite's builtin kernels use it (two roundings).
 * Source: tensorflow/lite/kernels/internal/common.h (MultiplyByQuantizedMultiplier) and
 * quantization_util.cc (QuantizeMultiplier); gemmlowp/fixedpoint/fixedpoint.h.
 */
import { roundHalfAwayFromZero } from './round';

/** real multiplier ≈ multiplier · 2^(shift − 31); multiplier in [2^30, 2^31), or 0. */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

const two31 = 2147483648;

/** quantization_util.cc `QuantizeMultiplier`: frexp, then round(q · 2^31). */
export function quantizeMultiplier(real: number): QuantizedMultiplier {
  if (real === 0) return { multiplier: 0, shift: 0 };
  let shift = Math.floor(Math.log2(Math.abs(real))) + 1;
  let fraction = real / 2 ** shift;
  while (Math.abs(fraction) >= 1) {
    shift++;
    fraction /= 2;
  }
  while (Math.abs(fraction) < 0.5) {
    shift--;
    fraction *= 2;
  }
  let multiplier = roundHalfAwayFromZero(fraction * two31);
  if (multiplier === two31) {
    multiplier /= 2;
    shift++;
  }
  if (shift < -31) return { multiplier: 0, shift: 0 };
  return { multiplier, shift };
}

/** (a·b·2 + 2^31) >> 32 with saturation of −2^31·−2^31, exact in doubles. a, b int32, b ≥ 0 mostly. */
export function saturatingRoundingDoublingHighMul(a: number, b: number): number {
  if (a === -two31 && b === -two31) return two31 - 1;
  // floor((a·b + 2^30) / 2^31), with b split so that every product stays below 2^53.
  const high = b >> 16;
  const low = b & 0xffff;
  const carry = Math.floor((a * low + 1073741824) / 65536);
  return Math.floor((a * high + carry) / 32768);
}

/** x / 2^exponent, ties away from zero. */
export function roundingDivideByPowerOfTwo(x: number, exponent: number): number {
  if (exponent === 0) return x;
  const mask = exponent >= 31 ? 0x7fffffff : (1 << exponent) - 1;
  const remainder = x & mask;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> Math.min(exponent, 31)) + (remainder > threshold ? 1 : 0);
}

/** x · real multiplier, rounded twice as TFLite's default build does. */
export function multiplyByQuantizedMultiplier(
  x: number,
  multiplier: number,
  shift: number,
): number {
  const shifted = shift > 0 ? (x << shift) | 0 : x | 0;
  const high = saturatingRoundingDoublingHighMul(shifted, multiplier);
  return shift < 0 ? roundingDivideByPowerOfTwo(high, -shift) : high;
}

/**
 * x · real multiplier with one rounding, half up: ruy's kernels (ruy/apply_multiplier.cc), behind
 * TFLite's matrix products. Shifts up to 14.
 */
export function multiplyRoundingOnce(x: number, multiplier: number, shift: number): number {
  const total = 31 - shift;
  const high = multiplier >> 16;
  const low = multiplier & 0xffff;
  const carry = Math.floor((x * low) / 65536);
  return Math.floor((x * high + carry + 2 ** (total - 17)) / 2 ** (total - 16));
}

/**
 * x · real multiplier with two roundings, both half up: ruy's SIMD kernels (a doubling high product, then
 * a rounding shift), behind the current LiteRT's matrix products. Measured with ai-edge-litert 2.3.
 */
export function multiplyRoundingUp(x: number, multiplier: number, shift: number): number {
  const shifted = shift > 0 ? (x << shift) | 0 : x | 0;
  const high = saturatingRoundingDoublingHighMul(shifted, multiplier);
  return shift < 0 ? Math.floor(high / 2 ** -shift + 0.5) : high;
}
