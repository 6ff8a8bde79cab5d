/** How much noise a grid makes of known numbers: weights as they are, activations by their histogram. */
import { largestMagnitudes, roundHalfAway } from '../../quant/affine';
import type { ValueStats } from '../../quant/types';

export interface WeightNoise {
  /** Mean squared error with one scale for the whole tensor, and with one for each channel. */
  readonly perTensor: number;
  readonly perChannel: number;
  /** Largest magnitude of a channel over the median channel's. */
  readonly ratio: number;
  readonly largest: Float64Array;
}

/** @param axis of the channels @param levels 127 of 8 bits, 7 of 4 */
export function weightNoise(
  data: Float32Array,
  shape: readonly number[],
  axis: number,
  levels: number,
): WeightNoise {
  const largest = largestMagnitudes(data, shape, axis, 'weights');
  const most = largest.reduce((a, b) => Math.max(a, b), 0);
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  let [perTensor, perChannel] = [0, 0];
  const error = (x: number, scale: number) =>
    scale > 0 ? (x - scale * roundHalfAway(x / scale)) ** 2 : 0;
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / inner) % largest.length;
    perTensor += error(data[i]!, most / levels);
    perChannel += error(data[i]!, largest[channel]! / levels);
  }
  const sorted = largest.filter((one) => one > 0).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  const ratio = median > 0 ? most / median : 1;
  return {
    perTensor: perTensor / data.length,
    perChannel: perChannel / data.length,
    ratio,
    largest,
  };
}

export interface Clip {
  readonly min: number;
  readonly max: number;
  /** Noise of this range over that of the range it is compared with. */
  readonly left: number;
  /** Part of the numbers that lie beyond it. */
  readonly beyond: number;
}

/** Mean squared error of numbers on an int8 grid of [min, max]; 0 is exact, what is nearer to it than half a step is lost. */
function gridNoise({ seenMin, seenMax, histogram }: ValueStats, min: number, max: number): number {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const scale = (high - low) / 255;
  const width = (seenMax - seenMin) / histogram.length;
  let [sum, count] = [0, 0];
  histogram.forEach((n, bin) => {
    count += n;
    const x = seenMin + (bin + 0.5) * width;
    // Zeros stand in this bin, and cost nothing.
    if (n === 0 || Math.abs(x) <= width / 2) return;
    const beyond = x < low ? low - x : x > high ? x - high : 0;
    const inside = Math.abs(x) < scale / 2 ? x * x : (scale * scale) / 12;
    sum += n * Math.max(beyond * beyond, inside);
  });
  return count > 0 ? sum / count : 0;
}

/** The range of least noise on an int8 grid, beside the one that was chosen. */
export function bestClip(stats: ValueStats): Clip {
  const { seenMin, seenMax, histogram, min, max } = stats;
  const before = gridNoise(stats, min, max);
  let best: Clip = { min, max, left: 1, beyond: 0 };
  if (!(before > 0)) return best;
  const total = histogram.reduce((sum, n) => sum + n, 0);
  for (let part = 1; part >= 1 / 128; part *= 0.9) {
    const clip = {
      min: Math.max(seenMin, -part * extent(stats)),
      max: Math.min(seenMax, part * extent(stats)),
    };
    const left = gridNoise(stats, clip.min, clip.max) / before;
    if (left < best.left) best = { ...clip, left, beyond: beyondOf(stats, clip) / total };
  }
  return best;
}

const extent = ({ seenMin, seenMax }: ValueStats) => Math.max(-seenMin, seenMax, 0);

function beyondOf(
  { seenMin, seenMax, histogram }: ValueStats,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const width = (seenMax - seenMin) / histogram.length;
  return histogram.reduce((sum, n, bin) => {
    const x = seenMin + (bin + 0.5) * width;
    return x < min || x > max ? sum + n : sum;
  }, 0);
}

/** 10·log10 of the mean square of an activation over the noise of rounding it with this step, dB. */
export function roundingSqnr({ mean, std }: ValueStats, step: number): number {
  return 10 * Math.log10((mean * mean + std * std) / ((step * step) / 12));
}

/** The range of all numbers but a part, by the histogram; as wide as the chosen one at most. */
export function commonRange(stats: ValueStats, part: number): Clip {
  const { seenMin, seenMax, histogram, min, max } = stats;
  const total = histogram.reduce((sum, n) => sum + n, 0);
  const width = (seenMax - seenMin) / histogram.length;
  let [low, high, out] = [0, histogram.length, 0];
  // From both ends, always the one that is further from 0.
  while (low < high - 1) {
    const [first, last] = [seenMin + low * width, seenMin + high * width];
    const atLow = -first > last;
    const next = histogram[atLow ? low : high - 1]!;
    if (out + next > part * total) break;
    out += next;
    if (atLow) low++;
    else high--;
  }
  const clip = {
    min: Math.max(min, seenMin + low * width),
    max: Math.min(max, seenMin + high * width),
  };
  return { ...clip, left: 1, beyond: total > 0 ? out / total : 0 };
}
