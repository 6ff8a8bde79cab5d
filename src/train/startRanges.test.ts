import { describe, expect, it } from 'vitest';
import { keepingFactor, leastErrorFactor } from './startRanges';

/** A grid with zero at −128, as after a ReLU. */
const levels = (counts: Record<number, number>) => {
  const made = new Float64Array(256);
  for (const [at, count] of Object.entries(counts)) made[Number(at)] = count;
  return made;
};

describe('the range that keeps a share of the values', () => {
  it('leaves out what is rarer, at the end where there are values', () => {
    // One of 20,000 may go, two may not.
    expect(keepingFactor(levels({ 100: 19999, 255: 1 }), -128, 0.9999)).toBeCloseTo(100 / 255, 12);
    expect(keepingFactor(levels({ 100: 9998, 255: 2 }), -128, 0.9999)).toBe(1);
  });

  it('takes the wider of both ends around a zero point', () => {
    const both = levels({ 0: 1, 64: 5000, 128: 5000, 200: 9998, 255: 1 });
    // Zero point 0: 64 below is half of 128, 72 above of 127.
    expect(keepingFactor(both, 0, 0.9999)).toBeCloseTo(72 / 127, 12);
  });

  it('stays where there is nothing but zero', () => {
    expect(keepingFactor(levels({ 0: 100 }), -128, 0.9999)).toBe(1);
  });
});

describe('the range of least squared error', () => {
  it('clips one outlier of a million, and none of few', () => {
    // 1e6·f²/12 + (255 − 255·f)² is least at f = 130,050 / (1e6 / 6 + 130,050) = 0.4383, and 100 is inside.
    expect(leastErrorFactor(levels({ 100: 1e6, 255: 1 }), -128)).toBeCloseTo(0.44, 12);
    expect(leastErrorFactor(levels({ 100: 100, 255: 1 }), -128)).toBe(1);
  });
});
