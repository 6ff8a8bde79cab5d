/**
 * 1/√n in fixed point. Source: TFLite kernels/internal/quantization_util / common.h
 * GetInvSqrtQuantizedMultiplierExp (five Newton steps on gemmlowp's FixedPoint<int32, 3>).
 */
import {
  roundingDivideByPowerOfTwo,
  saturatingRoundingDoublingHighMul as highMul,
  type QuantizedMultiplier,
} from './fixedPoint';
import { clamp } from './round';

const least = -2147483648;
const most = 2147483647;
const halfThree = 2 ** 28 + 2 ** 27;
const halfSqrt2 = 1518500250;

function shiftUp(x: number, bits: number): number {
  return clamp(x * 2 ** bits, least, most);
}

/** n ≥ 0; 0 counts as 1. The shift is TFLite's left shift (reverse_shift −1). */
export function inverseSqrt(n: number): QuantizedMultiplier {
  if (n <= 1) return { multiplier: most, shift: 0 };
  let input = n;
  let shift = 11;
  while (input >= 2 ** 29) {
    input = Math.trunc(input / 4);
    shift++;
  }
  const pairs = ((Math.clz32(input) - 1) >> 1) - 1;
  shift -= pairs;
  input *= 4 ** pairs;
  const half = roundingDivideByPowerOfTwo(input >> 1, 1);
  let x = 2 ** 28;
  for (let step = 0; step < 5; step++) {
    const cube = shiftUp(highMul(highMul(x, x), x), 6);
    x = shiftUp(highMul(halfThree, x) - highMul(half, cube), 3);
  }
  let multiplier = highMul(x, halfSqrt2);
  if (shift < 0) {
    multiplier = (multiplier << -shift) | 0;
    shift = 0;
  }
  return { multiplier, shift: 0 - shift };
}
