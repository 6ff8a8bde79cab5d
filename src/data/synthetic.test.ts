import { describe, expect, it } from 'vitest';
import { synthetic } from './synthetic';

describe('synthetic samples', () => {
  it('are the same for the same seed, in [0, 1), and marked', () => {
    const a = synthetic([1, 8, 8, 3], 5, 7);
    expect(a).toMatchObject({ count: 5, sampleShape: [8, 8, 3], synthetic: true });
    expect(a.samples).toEqual(synthetic([1, 8, 8, 3], 5, 7).samples);
    expect(a.samples).not.toEqual(synthetic([1, 8, 8, 3], 5, 8).samples);
    expect(a.samples.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('are fewer where one is large, and none where two would not fit', () => {
    expect(synthetic([1, 2 ** 24], 128, 1).count).toBe(4);
    expect(() => synthetic([1, 3024, 4032, 3], 128, 1)).toThrowError(/37 million numbers/);
  });
});
