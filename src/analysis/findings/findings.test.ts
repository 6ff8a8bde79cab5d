/** What is found is held against faults that were put in, and against arithmetic on paper. */
import { describe, expect, it } from 'vitest';
import { bestClip, roundingSqnr, weightNoise } from './grids';

describe('noise of grids', () => {
  it('of weights is what rounding them by hand makes', () => {
    // Channel 0: 127 and 1; channel 1: 0.4 and 0.2, which one scale of 1 rounds to 0.
    const data = Float32Array.of(127, 1, 0.4, 0.2);
    const { perTensor, perChannel, ratio } = weightNoise(data, [2, 2], 0, 127);
    expect(perTensor).toBeCloseTo((0.4 ** 2 + 0.2 ** 2) / 4, 6);
    // On its own grid of 0.4 / 127 the second is 63.5 steps: half a step off.
    expect(perChannel).toBeCloseTo((0.4 / 127 / 2) ** 2 / 4, 9);
    expect(ratio).toBeCloseTo(127 / 127, 6);
  });

  it('of an activation is least where few outliers are cut off', () => {
    const histogram = new Float64Array(512);
    // 0 … 64 of 512: all numbers but one in ten thousand.
    for (let bin = 0; bin < 64; bin++) histogram[bin] = 10_000;
    histogram[511] = 1;
    const stats = {
      ...{ min: 0, max: 512, seenMin: 0, seenMax: 512, mean: 32, std: 18 },
      ...{ histogram, minSample: 0, maxSample: 0 },
    };
    const clip = bestClip(stats);
    expect(clip.max).toBeLessThan(512);
    expect(clip.beyond).toBeLessThan(1e-5);
    expect(clip.left).toBeLessThan(1);
  });

  it('of rounding alone is step² / 12', () => {
    const stats = { mean: 3, std: 4, min: 0, max: 1, seenMin: 0, seenMax: 1 };
    const value = { ...stats, histogram: new Float64Array(1), minSample: 0, maxSample: 0 };
    // (9 + 16) / (12 / 12) = 25: 13.98 dB.
    expect(roundingSqnr(value, Math.sqrt(12))).toBeCloseTo(13.979, 3);
  });
});
