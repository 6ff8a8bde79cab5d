/**
 * HARD_SWISH, int8: TFLite's builtin 16-bit fixed-point recipe.
 * Source: reference/hard_swish.h, activations.cc HardSwishPrepare (multipliers cut to 16 bits).
 */
import { clamp, quantizeMultiplier, roundingDivideByPowerOfTwo } from '../../numerics';
import type { Affine } from './site';

const saturate16 = (x: number) => clamp(x, -32768, 32767);

/** gemmlowp SaturatingRoundingDoublingHighMul for int16: (a·b + 2^14 toward sign) / 2^15. */
function roundingHighMul(a: number, b: number): number {
  if (a === -32768 && b === -32768) return 32767;
  const product = a * b;
  return Math.trunc((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

/** The same, rounding to zero. */
function truncatingHighMul(a: number, b: number): number {
  if (a === -32768 && b === -32768) return 32767;
  return Math.trunc((a * b) / (1 << 15));
}

/** hard_swish.h / types: DownScaleInt32ToInt16Multiplier. */
function to16(multiplier: number): number {
  return multiplier > 0x7fffffff - (1 << 15) ? 32767 : (multiplier + (1 << 15)) >> 16;
}

/** One element; input and output on their own int8 grids. */
export function hardSwishStep(from: Affine, to: Affine): (x: number) => number {
  const hires = Math.fround(from.scale / 128);
  const reluish = quantizeMultiplier(Math.fround(hires / Math.fround(3 / 32768)));
  const output = quantizeMultiplier(Math.fround(hires / to.scale));
  const outputMultiplier = to16(output.multiplier);
  const reluishMultiplier = to16(reluish.multiplier);
  return (q) => {
    const input = (q - from.zeroPoint) << 7;
    const preshift = roundingHighMul(input, outputMultiplier);
    let value = input;
    if (reluish.shift > 0) value = saturate16(value * 2 ** (reluish.shift - 1));
    value = roundingHighMul(value, reluishMultiplier);
    if (reluish.shift > 0) value = saturate16(value * 2);
    if (reluish.shift < 0) value = roundingDivideByPowerOfTwo(value, -reluish.shift);
    value = (value + (1 << 15)) >> 1;
    const product = truncatingHighMul(value, preshift);
    const shifted = roundingDivideByPowerOfTwo(product, -output.shift);
    return clamp(shifted + to.zeroPoint, -128, 127);
  };
}
