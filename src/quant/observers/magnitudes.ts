/** What the methods that search a clipping value share: a symmetric threshold on magnitudes, applied to both ends. */
import type { Observer, Range, Seen } from './observer';

/** Bins of the histogram that is searched, over [seenMin, seenMax]. */
const SEARCHED_BINS = 4096;
/** Bins of magnitudes from 0 to the largest (2,048 in TensorRT's calibrator). */
export const MAGNITUDE_BINS = 2048;

export interface Counted {
  readonly counts: Float64Array;
  /** Of the bins. */
  readonly centres: Float64Array;
  readonly largest: number;
  /** No number below 0 was seen: the grid has all its steps above. */
  readonly oneSided: boolean;
}

function counted(seen: Seen): Counted {
  const { seenMin, seenMax } = seen;
  const counts = seen.histogram(SEARCHED_BINS);
  const width = (seenMax - seenMin) / SEARCHED_BINS;
  return {
    counts,
    centres: Float64Array.from(counts, (_, bin) => seenMin + (bin + 0.5) * width),
    largest: Math.max(Math.abs(seenMin), Math.abs(seenMax)),
    oneSided: seenMin >= 0,
  };
}

/** Counts of magnitudes over MAGNITUDE_BINS equal bins from 0 to the largest. */
export function magnitudes({ counts, centres, largest }: Counted): Float64Array {
  const folded = new Float64Array(MAGNITUDE_BINS);
  counts.forEach((count, bin) => {
    const at = Math.floor((Math.abs(centres[bin]!) / largest) * MAGNITUDE_BINS);
    folded[Math.min(MAGNITUDE_BINS - 1, at)]! += count;
  });
  return folded;
}

/**
 * Makes an observer that searches. Nothing is cut where only zeros were seen, nor on a grid of more bits than
 * `most`, for which nothing is counted either.
 */
export const searching =
  (most: 8 | 16, rangeOf: (found: Counted, seen: Seen, bits: 8 | 16) => Range) => (): Observer => ({
    needsHistogram: true,
    add: () => undefined,
    range(seen, bits = 8) {
      const found = bits > most ? undefined : counted(seen);
      if (found && found.largest > 0) return rangeOf(found, seen, bits);
      return { min: seen.seenMin, max: seen.seenMax };
    },
  });

/** What was seen, as far as the threshold lets it. */
export const clippedAt = ({ seenMin, seenMax }: Seen, threshold: number): Range => ({
  min: Math.max(seenMin, -threshold),
  max: Math.min(seenMax, threshold),
});
