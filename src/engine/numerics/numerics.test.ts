import { describe, expect, it } from 'vitest';
import { random } from '../../testing/random';
import {
  broadcastIndex,
  broadcastPlan,
  expf,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  requantize,
  roundHalfAwayFromZero,
  roundHalfEven,
  tanhf,
  window,
} from '.';

/** gemmlowp's definition on 64-bit integers. */
function exactMultiply(x: number, multiplier: number, shift: number): number {
  const left = BigInt.asIntN(32, BigInt(x) << BigInt(Math.max(shift, 0)));
  const product = left * BigInt(multiplier);
  const nudged = product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n));
  let high = nudged / (1n << 31n);
  const right = BigInt(Math.max(-shift, 0));
  if (right > 0n) {
    const mask = (1n << right) - 1n;
    const rest = high & mask;
    high = (high >> right) + (rest > (mask >> 1n) + (high < 0n ? 1n : 0n) ? 1n : 0n);
  }
  return Number(high);
}

describe('numerics', () => {
  it('rounds as C does', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999].map(roundHalfEven)).toEqual([
      0, 2, 2, 0, -2, -2, 2,
    ]);
    expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4999].map(roundHalfAwayFromZero)).toEqual([
      1, 2, 3, -1, -2, -3, 2,
    ]);
    expect(roundHalfAwayFromZero(0.49999999999999994)).toBe(0);
  });

  it('multiplies by a quantized multiplier exactly', () => {
    const rng = random(1);
    for (let i = 0; i < 20000; i++) {
      const { multiplier, shift } = quantizeMultiplier(rng.scale(1e-6, 8));
      const x = rng.int(-(2 ** 26), 2 ** 26);
      expect(multiplyByQuantizedMultiplier(x, multiplier, shift)).toBe(
        exactMultiply(x, multiplier, shift),
      );
    }
  });

  it('splits multipliers as frexp does', () => {
    expect(quantizeMultiplier(1)).toEqual({ multiplier: 2 ** 30, shift: 1 });
    expect(quantizeMultiplier(0.5)).toEqual({ multiplier: 2 ** 30, shift: 0 });
    expect(quantizeMultiplier(0)).toEqual({ multiplier: 0, shift: 0 });
    expect(quantizeMultiplier(1 - 2 ** -40)).toEqual({ multiplier: 2 ** 30, shift: 1 });
  });

  it('requantizes with ties to even and clamps', () => {
    expect([1, 3, 5, -1, -3].map((acc) => requantize(acc, 0.5, 0, -128, 127))).toEqual([
      0, 2, 2, 0, -2,
    ]);
    expect(requantize(2 ** 30, 1, 3, -128, 127)).toBe(127);
    expect(requantize(-(2 ** 30), 1, 3, -128, 127)).toBe(-128);
  });

  it('keeps within an ulp of the real functions', () => {
    for (let x = -20; x < 20; x += 0.037) {
      const at = Math.fround(x);
      expect(Math.abs(expf(at) / Math.exp(at) - 1)).toBeLessThan(2 ** -23);
      expect(Math.abs(tanhf(at) - Math.tanh(at))).toBeLessThan(2 ** -22);
    }
  });

  it('places windows and broadcasts', () => {
    expect(window('SAME', 7, 3, 2)).toEqual({ output: 4, before: 1, after: 1 });
    expect(window('SAME', 8, 3, 2)).toEqual({ output: 4, before: 0, after: 1 });
    expect(window('VALID', 8, 3, 2, 2)).toEqual({ output: 2, before: 0, after: 0 });
    const plan = broadcastPlan([
      [2, 1, 2],
      [3, 1],
    ]);
    expect(plan.shape).toEqual([2, 3, 2]);
    expect([...broadcastIndex(plan.shape, plan.strides[1]!)]).toEqual([
      0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2,
    ]);
  });
});
