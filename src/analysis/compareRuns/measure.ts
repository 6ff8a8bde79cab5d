/** Numbers of runs that may be several: mean and spread, and what lies between two of them. */
import type { Measure } from './types';

/** undefined where none was measured. Of several, mean and sample standard deviation (n − 1). */
export function measureOf(values: readonly (number | undefined)[]): Measure | undefined {
  const known = values.filter((value): value is number => value !== undefined);
  const [first] = known;
  if (first === undefined) return undefined;
  if (known.length === 1) return { value: first };
  const value = known.reduce((sum, one) => sum + one, 0) / known.length;
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (!Number.isFinite(value)) return { value, low, high };
  const squares = known.reduce((sum, one) => sum + (one - value) ** 2, 0);
  return { value, spread: Math.sqrt(squares / (known.length - 1)), low, high };
}

/** `value − from`; 0 for equal infinities; undefined where one is unknown. */
export function differenceOf(
  from: number | undefined,
  value: number | undefined,
): number | undefined {
  if (from === undefined || value === undefined) return undefined;
  return Object.is(from, value) ? 0 : value - from;
}

/** How much worse than the baseline: above zero is worse, whatever the figure's direction. */
export function worsening(
  better: 'higher' | 'lower' | 'neither',
  difference: number | undefined,
): number | undefined {
  if (difference === undefined || Number.isNaN(difference)) return undefined;
  switch (better) {
    case 'higher':
      return 0 - difference;
    case 'lower':
      return difference;
    case 'neither':
      return Math.abs(difference);
    default:
      return better satisfies never;
  }
}
