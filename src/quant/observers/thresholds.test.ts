/** Methods that search a threshold against NumPy twins of their published definitions (make_observer_fixtures.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createObserver, type CalibrationMethod } from '.';

interface Case {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
  readonly entropy: number;
  readonly mse: readonly [number, number];
  readonly octav: number;
  readonly octav16: number;
}
const cases = JSON.parse(
  readFileSync(new URL('./fixtures/thresholds.json', import.meta.url)).toString(),
) as Record<string, Case>;

function rangeBy(method: CalibrationMethod, { min, max, counts }: Case, bits?: 8 | 16) {
  const observer = createObserver({ method } as Parameters<typeof createObserver>[0]);
  const seen = {
    seenMin: min,
    seenMax: max,
    quantile: () => NaN,
    histogram: (bins: number) => {
      expect(bins).toBe(counts.length);
      return Float64Array.from(counts);
    },
  };
  return observer.range(seen, bits);
}

describe.each(Object.entries(cases))('%s', (_, one) => {
  const ends = (threshold: number) => [Math.max(one.min, -threshold), Math.min(one.max, threshold)];
  const close = (range: { min: number; max: number }, [low, high]: readonly number[]) => {
    expect(range.min).toBeCloseTo(low!, 5);
    expect(range.max).toBeCloseTo(high!, 5);
  };

  it('entropy', () => {
    close(rangeBy('entropy', one), ends(one.entropy));
  });
  it('squared error', () => {
    close(rangeBy('mse', one), one.mse);
  });
  it('OCTAV, at 8 and 16 bits', () => {
    close(rangeBy('octav', one), ends(one.octav));
    close(rangeBy('octav', one, 16), ends(one.octav16));
  });
  it('nothing is cut for want of levels at 16 bits', () => {
    close(rangeBy('entropy', one, 16), [one.min, one.max]);
    close(rangeBy('mse', one, 16), [one.min, one.max]);
  });
});
