/**
 * Counts of numbers whose range is not known in advance, in bounded memory. When a number falls
 * outside, the bins double in width by merging neighbours, so counts stay exact.
 */
import { countInto, countPlain } from '../numbers/counts';

const BINS = 8192;
/** Bins of the histogram that is kept in Stats. */
const KEPT_BINS = 512;

export interface RunningHistogram {
  /** Makes [min, max] fit. Call before counting what lies in it. */
  cover(min: number, max: number): void;
  /** Counts every `stride`-th number. */
  count(data: Float32Array, stride: number): void;
  quantile(fraction: number, seenMin: number, seenMax: number): number;
  /** Counts over `bins` equal bins from seenMin to seenMax; by default as many as Stats keeps. */
  export(seenMin: number, seenMax: number, bins?: number): Float64Array;
}

export function runningHistogram(): RunningHistogram {
  const counts = new Float64Array(BINS);
  let low = 0;
  let width = 0;

  const merge = (keepLow: boolean) => {
    const merged = new Float64Array(BINS);
    const start = keepLow ? 0 : BINS / 2;
    for (let i = 0; i < BINS; i += 1) merged[start + (i >> 1)]! += counts[i]!;
    counts.set(merged);
    if (!keepLow) low -= BINS * width;
    width *= 2;
  };

  return {
    cover(min, max) {
      if (width === 0) {
        low = min;
        width = Math.max((max - min) / (BINS - 1), Math.abs(max) * 1e-12, 1e-30);
      }
      while (max >= low + BINS * width) merge(true);
      while (min < low) merge(false);
    },
    count(data, stride) {
      const perBin = 1 / width;
      if (stride === 1) countInto(counts, data, low, perBin);
      else countPlain(counts, data, low, perBin, stride);
    },
    quantile(fraction, seenMin, seenMax) {
      const total = counts.reduce((sum, n) => sum + n, 0);
      const wanted = fraction * total;
      let below = 0;
      for (let i = 0; i < BINS; i += 1) {
        const n = counts[i]!;
        if (n > 0 && below + n >= wanted) {
          const x = low + width * (i + (wanted - below) / n);
          return Math.min(seenMax, Math.max(seenMin, x));
        }
        below += n;
      }
      return seenMax;
    },
    export(seenMin, seenMax, bins = KEPT_BINS) {
      const kept = new Float64Array(bins);
      const span = seenMax - seenMin;
      if (!(span > 0)) {
        kept[0] = counts.reduce((sum, n) => sum + n, 0);
        return kept;
      }
      for (let i = 0; i < BINS; i += 1) {
        const n = counts[i]!;
        if (n === 0) continue;
        // Shared out over the kept bins that the part of this bin within [seenMin, seenMax] touches.
        const from = Math.max(0, ((low + i * width - seenMin) / span) * bins);
        const to = Math.min(bins, ((low + (i + 1) * width - seenMin) / span) * bins);
        if (!(to > from)) {
          kept[Math.min(bins - 1, Math.max(0, Math.floor(from)))]! += n;
          continue;
        }
        for (let bin = Math.floor(from); bin < to; bin += 1) {
          const share = (Math.min(to, bin + 1) - Math.max(from, bin)) / (to - from);
          if (bin < bins) kept[bin]! += n * share;
        }
      }
      return kept;
    },
  };
}
