/**
 * XNNPACK's requantization of int32 accumulators (src/params: xnn_init_qs8_conv_minmax_fp32_*,
 * xnn_init_qs8_qc8w_conv_minmax_fp32_wasmsimd_params): q = clamp(rne(float32(acc)·scale) + zp).
 */
import type { Range } from './activation';
import {
  multiplyByQuantizedMultiplier,
  multiplyRoundingOnce,
  multiplyRoundingUp,
  quantizeMultiplier,
} from './fixedPoint';

const magicBias = 12582912; // 1.5 · 2^23: adding it rounds a float32 to an integer, ties to even

/**
 * float32 scale of one channel. XNNPACK's TFLite delegate computes input·kernel/output in float32,
 * left to right.
 */
export function requantizationScale(input: number, weight: number, output: number): number {
  return Math.fround(Math.fround(Math.fround(input) * Math.fround(weight)) / Math.fround(output));
}

/** int8 (or any range) result of one accumulator. `low` and `high` are the clamp, zero point included. */
export function requantize(
  acc: number,
  scale: number,
  zeroPoint: number,
  low: number,
  high: number,
): number {
  let scaled = Math.fround(Math.fround(acc) * scale);
  const least = low - zeroPoint;
  const most = high - zeroPoint;
  if (scaled < least) scaled = least;
  if (scaled > most) scaled = most;
  return (Math.fround(scaled + magicBias) - magicBias + zeroPoint) | 0;
}

/** int32 accumulator of a channel → output grid. */
export type Requantizer = (acc: number, channel: number) => number;

/** XNNPACK's, with one float32 scale per channel. */
export function floatRequantizer(
  scales: readonly number[],
  zeroPoint: number,
  range: Range,
): Requantizer {
  const perChannel = Float32Array.from(scales);
  const least = range.low - zeroPoint;
  const most = range.high - zeroPoint;
  return (acc, channel) => {
    let scaled = Math.fround(Math.fround(acc) * perChannel[channel]!);
    if (scaled < least) scaled = least;
    if (scaled > most) scaled = most;
    return (Math.fround(scaled + magicBias) - magicBias + zeroPoint) | 0;
  };
}

const multiplications = {
  once: multiplyRoundingOnce,
  twice: multiplyByQuantizedMultiplier,
  'twice-up': multiplyRoundingUp,
} as const;

/**
 * TFLite's builtin kernels', with one fixed-point multiplier per channel. Matrix products (ruy)
 * round `once` in WebAssembly and `twice-up` in the current LiteRT, the other kernels `twice`; `blocks`:
 * whole eights of channels `twice-up`, the rest `twice` (optimized_ops::Quantize with SIMD).
 */
export function fixedPointRequantizer(
  scales: readonly number[],
  zeroPoint: number,
  range: Range,
  rounding: keyof typeof multiplications | 'blocks',
): Requantizer {
  const quantized = scales.map(quantizeMultiplier);
  const multipliers = Int32Array.from(quantized, (one) => one.multiplier);
  const shifts = Int32Array.from(quantized, (one) => one.shift);
  const { low, high } = range;
  const clamped = (multiply: typeof multiplyRoundingUp): Requantizer => {
    return (acc, channel) => {
      const value = zeroPoint + multiply(acc, multipliers[channel]!, shifts[channel]!);
      return value < low ? low : value > high ? high : value;
    };
  };
  if (rounding !== 'blocks') return clamped(multiplications[rounding]);
  const inBlocks = scales.length - (scales.length % 8);
  const up = clamped(multiplications['twice-up']);
  const away = clamped(multiplications.twice);
  return (acc, channel) => (channel < inBlocks ? up : away)(acc, channel);
}
