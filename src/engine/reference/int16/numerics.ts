/**
 * What kernels with int16 activations compute with. Zero points are 0 throughout. Source: TFLite
 * kernels/internal/common.h (MultiplyByQuantizedMultiplier of int64), kernel_util.cc.
 */
import type { Tensor, Value } from '../../../model/graph';
import type { Activation } from '../../../model/ops';
import {
  clamp,
  floatActivationRange,
  multiplyRoundingUp,
  quantizeMultiplier,
  roundHalfAwayFromZero,
  type Range,
} from '../../numerics';

export const least = -32768;
export const most = 32767;

export const int16 = (tensor: Tensor | undefined): Int16Array => tensor!.data as Int16Array;

/** The scale of an int16 value with one scale and zero point 0. */
export function scaleOf(value: Value | undefined): number | undefined {
  if (value?.dtype !== 'int16' || value.quant?.scale.length !== 1) return undefined;
  return (value.quant.zeroPoint[0] ?? 0) === 0 ? value.quant.scale[0] : undefined;
}

/** Of a fused activation on the output's grid: ties away from zero. */
export function rangeOn(activation: Activation, scale: number): Range {
  const { low, high } = floatActivationRange(activation);
  const quantize = (real: number) => {
    if (!Number.isFinite(real)) return real < 0 ? least : most;
    return clamp(roundHalfAwayFromZero(Math.fround(real / scale)), least, most);
  };
  return { low: quantize(low), high: quantize(high) };
}

/** Below this doubles hold |x| · 2¹⁵ exactly. */
export const exactSum = 2 ** 37;

/** real ≈ reduced · 2^−total. */
export function wideParts(real: number): { readonly reduced: number; readonly total: number } {
  const { multiplier, shift } = quantizeMultiplier(real);
  const reduced = multiplier < 0x7fff0000 ? (multiplier + 0x8000) >> 16 : 0x7fff;
  return { reduced, total: 15 - shift };
}

/**
 * x · real, x an integer of up to 48 bits: a multiplier of 15 bits and one rounding shift, ties up.
 */
function wideMultiplier(real: number): (x: number) => number {
  const { reduced, total } = wideParts(real);
  const half = 2 ** (total - 1);
  const divisor = 2 ** total;
  return (x) => {
    if (Math.abs(x) < exactSum && total <= 52) return Math.floor((x * reduced + half) / divisor);
    const bits = BigInt(total);
    return Number((BigInt(x) * BigInt(reduced) + (1n << (bits - 1n))) >> bits);
  };
}

/** int64 sums of a layer → its int16 output. */
export function wideStage(
  scales: readonly number[],
  { low, high }: Range,
): (acc: number, channel: number) => number {
  const multiply = scales.map(wideMultiplier);
  return (acc, channel) => clamp(multiply[channel]!(acc), low, high);
}

/** The same of dense layers without a bias, whose sums have 32 bits: ruy's kernels, rounded twice, both half up. */
export function ruyStage(
  scales: readonly number[],
  { low, high }: Range,
): (acc: number, channel: number) => number {
  const quantized = scales.map(quantizeMultiplier);
  return (acc, channel) => {
    const { multiplier, shift } = quantized[channel]!;
    return clamp(multiplyRoundingUp(acc | 0, multiplier, shift), low, high);
  };
}

/** The same of dense layers with a bias: the product in double, to the nearest integer, ties away from zero. */
export function floatStage(
  scales: readonly number[],
  { low, high }: Range,
): (acc: number, channel: number) => number {
  return (acc, channel) => clamp(roundHalfAwayFromZero(acc * scales[channel]!), low, high);
}
