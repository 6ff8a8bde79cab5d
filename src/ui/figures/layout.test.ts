import { expect, test } from 'vitest';
import { barLength, cutsTypes, isNarrow } from './layout';

test('bars of SQNR end where nothing needs attention', () => {
  const sqnr = { unit: 'dB', better: 'higher' } as const;
  expect([-3, 0, 41, 60, 75, Infinity].map((value) => barLength(sqnr, value))).toEqual([
    0, 0, 41, 60, 60, 60,
  ]);
});

test('of a change only what it costs has a bar', () => {
  const points = { unit: 'points', better: 'higher' } as const;
  const error = { unit: 'target', better: 'lower' } as const;
  expect([-2, 0, 3].map((value) => barLength(points, value))).toEqual([2, 0, 0]);
  expect([-2, 0, 3].map((value) => barLength(error, value))).toEqual([0, 0, 3]);
});

test('amounts are their own length, never below nothing; ratios and counts have no bar', () => {
  for (const unit of ['%', 'bytes', 'ms', 'steps'] as const) {
    expect(barLength({ unit, better: 'lower' }, 12)).toBe(12);
    expect(barLength({ unit, better: 'lower' }, -1)).toBe(0);
  }
  for (const unit of ['pJ', 'count', 'times', 'number'] as const)
    expect(barLength({ unit, better: 'neither' }, 12)).toBeUndefined();
});

test('room decides what is left out; unknown room leaves out nothing', () => {
  expect([0, 1, 944, 945, 1200].map(isNarrow)).toEqual([false, true, true, false, false]);
  expect([0, 945, 1099, 1100].map(cutsTypes)).toEqual([true, true, true, false]);
});
