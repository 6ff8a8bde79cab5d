/**
 * Ranges of any part of the calibration samples, from the extremes of each sample: nothing is run again.
 * For methods that choose by extremes alone (min-max, moving average); the others ask for every number.
 */
import { createObserver } from './observers';
import type { Calibration, Stats, ValueStats } from './types';

/** Of each value, by name, the extremes of every sample. */
export interface ExtremesBySample {
  readonly samples: number;
  readonly low: ReadonlyMap<string, Float32Array>;
  readonly high: ReadonlyMap<string, Float32Array>;
}

/** Does the method choose by the extremes of samples alone? */
export const byExtremes = (calibration: Calibration): boolean =>
  !createObserver(calibration).needsHistogram;

const notKept = (): never => {
  throw new RangeError('Numbers between the extremes are not kept.');
};

/**
 * Statistics of `members` (positions among the samples, in their order) by a method that chooses by
 * extremes. Ranges and extremes are exact; mean, deviation and histogram stay those of `of`.
 */
export function statsOfMembers(
  of: Stats,
  { low, high }: ExtremesBySample,
  members: readonly number[],
  calibration: Calibration,
): Stats {
  const values = Object.entries(of.values).map(([name, { choice, wide, ...seen }]) => {
    void choice;
    void wide;
    const [lows, highs] = [low.get(name), high.get(name)];
    if (!lows || !highs) return [name, of.values[name]!] as const;
    return [name, { ...seen, ...ranged(lows, highs, members, calibration) }] as const;
  });
  return { samples: members.length, calibration, values: Object.fromEntries(values) };
}

type Ranged = Pick<
  ValueStats,
  'min' | 'max' | 'wide' | 'seenMin' | 'seenMax' | 'minSample' | 'maxSample'
>;

function ranged(
  lows: Float32Array,
  highs: Float32Array,
  members: readonly number[],
  calibration: Calibration,
): Ranged {
  const observer = createObserver(calibration);
  let [seenMin, seenMax, minSample, maxSample] = [Infinity, -Infinity, -1, -1];
  for (const member of members) {
    const [min, max] = [lows[member]!, highs[member]!];
    observer.add({ min, max });
    if (min < seenMin) [seenMin, minSample] = [min, member];
    if (max > seenMax) [seenMax, maxSample] = [max, member];
  }
  const seen = { seenMin, seenMax, quantile: notKept, histogram: notKept };
  const [range, wide] = [observer.range(seen, 8), observer.range(seen, 16)];
  return {
    min: range.min,
    max: range.max,
    ...(wide.min !== range.min || wide.max !== range.max ? { wide } : {}),
    ...{ seenMin, seenMax, minSample, maxSample },
  };
}
