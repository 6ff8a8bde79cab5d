/** WASM against the plain definition (bit for bit) and against sums in another order. */
import { describe, expect, it } from 'vitest';
import { addPlain, addSums, comparisonOf, sumInto } from './comparison';
import { countInto, countPlain } from './counts';
import { sums } from './module';
import { joined, summarize, summarizePlain } from './summary';

function numbers(length: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state / 2 ** 31) * 37.3 - 3;
  });
}
const lengths = [0, 1, 3, 63, 64, 65, 66, 67, 1000, 16383, 16384, 16385, 16387, 50001];

it('WASM runs here: what follows compares two implementations', () => {
  expect(sums()).not.toBeNull();
});

describe('summary', () => {
  it.each(lengths)('of %i numbers is the definition’s, bit for bit', (length) => {
    const data = numbers(length);
    expect(summarize(data)).toEqual(summarizePlain(data));
    expect(summarize(data).sum).toBeCloseTo(
      data.reduce((total, x) => total + x, 0),
      6,
    );
    if (length > 0) expect(summarize(data).max).toBe(Math.max(...data));
    if (length > 0) expect(summarize(data).min).toBe(Math.min(...data));
  });

  it('tells of NaN and infinity by its sum, wherever they stand', () => {
    for (const [at, wrong] of [
      [0, NaN],
      [998, Infinity],
      [999, -Infinity],
      [1000, NaN],
    ] as const) {
      const data = numbers(1001);
      data[at] = wrong;
      expect(Number.isFinite(summarize(data).sum)).toBe(false);
      expect(summarize(data)).toEqual(summarizePlain(data));
    }
  });
});

describe('comparison', () => {
  const stored = {
    float32: (length: number) => numbers(length, 7),
    int8: (length: number) => Int8Array.from(numbers(length, 7), (x) => x * 3),
    uint8: (length: number) => Uint8Array.from(numbers(length, 7), (x) => Math.abs(x) * 6),
    int16: (length: number) => Int16Array.from(numbers(length, 7), (x) => x * 700),
  };
  const grid = { scale: Float32Array.of(0.1371), zeroPoint: Int32Array.of(-3), axis: 0 };

  for (const [name, make] of Object.entries(stored))
    it.each(lengths)(`with ${name} of %i numbers is the definition’s, bit for bit`, (length) => {
      const float = numbers(length);
      const data = make(length);
      const state = new Float64Array(20);
      sumInto(state, float, data, grid);
      const plain = new Float64Array(20);
      const isFloat = name === 'float32';
      addPlain(plain, float, data, isFloat ? 1 : grid.scale[0]!, isFloat ? 0 : -3);
      expect(state).toEqual(plain);
      const total = new Float64Array(20);
      for (let twice = 0; twice < 2; twice += 1) addSums(total, state);
      expect(comparisonOf(total, 2 * length)).toEqual({
        signal: 2 * joined(plain, 0),
        noise: 2 * joined(plain, 4),
        quantized: 2 * joined(plain, 8),
        dot: 2 * joined(plain, 12),
        largest: Math.max(...plain.subarray(16)),
        count: 2 * length,
      });
    });

  it('is what the formula says, on numbers by hand', () => {
    const sums = new Float64Array(20);
    sumInto(sums, [3, -1], Int8Array.of(5, -7), {
      scale: Float32Array.of(0.5),
      zeroPoint: Int32Array.of(-1),
      axis: 0,
    });
    // Real: 3 and −3.
    expect(comparisonOf(sums, 2)).toEqual({
      signal: 10,
      noise: 4,
      quantized: 18,
      dot: 12,
      largest: 2,
      count: 2,
    });
  });
});

describe('counts', () => {
  it.each([8192, 8195, 40001])('of %i numbers are the definition’s', (length) => {
    const data = numbers(length);
    const [fast, plain] = [new Float64Array(8192), new Float64Array(8192)];
    for (const [least, perBin] of [
      [-41, 100],
      [-5, 700],
    ] as const) {
      countInto(fast, data, least, perBin);
      countPlain(plain, data, least, perBin, 1);
    }
    expect(fast).toEqual(plain);
    expect(fast.reduce((total, n) => total + n, 0)).toBe(2 * length);
  });
});
