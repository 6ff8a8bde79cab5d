import { describe, expect, it } from 'vitest';
import type { DialPoint } from '../../run/dial';
import { positionsOf, snapped } from './axes';
import { stepsTo } from './search';

const point = (highShare: number, sqnr: number, low: readonly string[] = []): DialPoint => ({
  ...{ high: [], low, overrides: {}, found: 'curve', highShare, sqnr, bytes: 1 },
  beyondChance: false,
  answers: { right: '11' },
  score: {
    ...{ kind: 'agreement', output: 'y', label: 'agreement', value: 100, unit: '%' },
    ...{ better: 'higher', samples: 2, synthetic: false, more: [] },
  },
});

describe('the dial', () => {
  const points = [point(0.5, 20), point(0, 10), point(0.5, 30), point(1, 40), point(0, 5, ['a'])];
  const positions = positionsOf({ points });

  it('has a position for each share of MACs, the best of it, and none with int4 weights', () => {
    expect(positions).toEqual([1, 2, 3]);
  });

  it('snaps to the nearest position, and never stays where it was', () => {
    expect(snapped({ points }, positions, 0.6, 0)).toBe(1);
    expect(snapped({ points }, positions, 0.9, 0)).toBe(2);
    expect(snapped({ points }, positions, 0.51, 1)).toBe(2);
    expect(snapped({ points }, positions, 0.49, 1)).toBe(0);
    expect(snapped({ points }, positions, 1, 2)).toBe(2);
  });
});

describe('steps of the curve', () => {
  it('are dense where most is gained, and few for large nets', () => {
    expect(stepsTo(5)).toEqual([1, 2, 3, 4]);
    expect(stepsTo(150)).toEqual([1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128]);
  });
});
