/** Ranges that fused activations clamp to: of real numbers, and on an int8 grid. */
import type { Activation } from '../../model/ops';
import { clamp, roundHalfAwayFromZero } from './round';

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Real-valued clamp of a fused activation. */
export function floatActivationRange(activation: Activation): Range {
  switch (activation) {
    case 'RELU':
      return { low: 0, high: Infinity };
    case 'RELU6':
      return { low: 0, high: 6 };
    case 'RELU_N1_TO_1':
      return { low: -1, high: 1 };
    case 'NONE':
    case 'TANH':
    case 'SIGN_BIT':
      return { low: -Infinity, high: Infinity };
    default:
      return activation satisfies never;
  }
}

/**
 * Clamp of a fused activation on the output's grid.
 * Source: TFLite kernel_util.cc CalculateActivationRangeQuantized (zp + round(f / scale), float32
 * division, ties away from zero). XNNPACK's delegate passes the float range and quantizes it the
 * same way up to ties.
 */
export function quantizedActivationRange(
  activation: Activation,
  scale: number,
  zeroPoint: number,
): Range {
  return quantizedRange(floatActivationRange(activation), scale, zeroPoint);
}

/** The same for any real range. */
export function quantizedRange(range: Range, scale: number, zeroPoint: number): Range {
  const quantize = (real: number) => {
    if (!Number.isFinite(real)) return real < 0 ? -128 : 127;
    const steps = roundHalfAwayFromZero(Math.fround(real / Math.fround(scale)));
    return clamp(zeroPoint + steps, -128, 127);
  };
  return { low: quantize(range.low), high: quantize(range.high) };
}
