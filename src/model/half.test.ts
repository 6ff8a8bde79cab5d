import { describe, expect, it } from 'vitest';
import { halfToNumber, numberToHalf } from './half';

describe('half precision', () => {
  it('every half comes back as itself', () => {
    for (let bits = 0; bits < 0x10000; bits += 1) {
      const x = halfToNumber(bits);
      if (Number.isNaN(x)) expect(Number.isNaN(halfToNumber(numberToHalf(x)))).toBe(true);
      else expect(numberToHalf(x)).toBe(bits);
    }
  });

  // IEEE 754 binary16: numpy.float16.
  it.each([
    [1, 0x3c00],
    [0.1, 0x2e66],
    [65504, 0x7bff],
    [5.9604644775390625e-8, 0x0001],
    [2.98023223876953125e-8, 0x0000],
    [1 + 1 / 2048, 0x3c00],
    [1 + 3 / 2048, 0x3c02],
    [-2.5, 0xc100],
  ])('%f', (x, bits) => expect(numberToHalf(x)).toBe(bits));

  it('keeps large numbers finite', () => expect(halfToNumber(numberToHalf(1e30))).toBe(65504));
});
