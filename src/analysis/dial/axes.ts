/** Mixtures as they are drawn: what stands across and up, and the positions of the dial. Pure. */
import type { Dial, DialPoint } from '../../run/dial';
import { isBetter } from './quality';

export const axes = [
  { id: 'bytes', label: 'File size' },
  { id: 'high', label: 'MACs above 8 bit' },
  { id: 'ms', label: 'Latency' },
] as const;
export type DialAxis = (typeof axes)[number]['id'];

export const qualities = [
  { id: 'score', label: 'Score' },
  { id: 'sqnr', label: 'Output SQNR' },
] as const;
export type Quality = (typeof qualities)[number]['id'];

export function costOf(point: DialPoint, axis: DialAxis): number | undefined {
  switch (axis) {
    case 'bytes':
      return point.bytes;
    case 'high':
      return 100 * point.highShare;
    case 'ms':
      return point.ms;
    default:
      return axis satisfies never;
  }
}

export const qualityOf = (point: Pick<DialPoint, 'score' | 'sqnr'>, quality: Quality): number =>
  quality === 'sqnr' ? point.sqnr : point.score.value;

/** What float is on these axes; undefined where it was not timed. */
export function floatAt({ float }: Dial, axis: DialAxis): number | undefined {
  switch (axis) {
    case 'bytes':
      return float.bytes;
    case 'high':
      return 100;
    case 'ms':
      return float.ms;
    default:
      return axis satisfies never;
  }
}

/**
 * Positions of the dial, from the fewest MACs above 8 bit to the most: indices of points without 4-bit
 * weights. Of several with the same share the best.
 */
export function positionsOf({ points }: Pick<Dial, 'points'>): readonly number[] {
  const byShare = new Map<number, number>();
  for (const [index, point] of points.entries()) {
    if (point.low.length > 0) continue;
    const known = byShare.get(point.highShare);
    if (known === undefined || isBetter(point, points[known]!)) byShare.set(point.highShare, index);
  }
  return [...byShare].sort(([a], [b]) => a - b).map(([, index]) => index);
}

/** The position nearest to a part of the MACs; moving towards it never stays where it was. @param from a position */
export function snapped(
  dial: Pick<Dial, 'points'>,
  positions: readonly number[],
  share: number,
  from: number,
): number {
  const at = (position: number) => dial.points[positions[position]!]!.highShare;
  let nearest = 0;
  for (let one = 1; one < positions.length; one++)
    if (Math.abs(at(one) - share) < Math.abs(at(nearest) - share)) nearest = one;
  if (nearest !== from || share === at(from)) return nearest;
  const next = from + (share > at(from) ? 1 : -1);
  return Math.min(positions.length - 1, Math.max(0, next));
}

/** Short name of an end of the curve; undefined for points between. */
export function endName({ found, high, low }: Pick<DialPoint, 'found' | 'high' | 'low'>) {
  if (high.length === 0 && low.length === 0) return 'int8';
  if (found !== 'end') return undefined;
  return high.length > 0 ? 'all above 8 bit' : 'all int4 weights';
}
