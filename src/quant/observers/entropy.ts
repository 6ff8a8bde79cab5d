import { clippedAt, MAGNITUDE_BINS, magnitudes, searching } from './magnitudes';
import type { PlainObserver } from './observer';

const FIRST_BIN = 128;

/**
 * TensorRT's calibrator (S. Migacz, "8-bit inference with TensorRT", GTC 2017): the threshold at which the
 * magnitudes, quantized to 128 levels, lose least by Kullback-Leibler divergence; what lies beyond is counted in the last
 * bin. Details as NVIDIA published them (pytorch-quantization, calib/histogram.py, _compute_amax_entropy): 256 levels
 * where nothing is negative, the first bin counts as the second, of equals the last. At 16 bits nothing is cut:
 * there are more levels than bins.
 */
export const entropy: PlainObserver<'entropy'> = {
  id: 'entropy',
  label: 'Entropy (KL)',
  describe: () => 'entropy',
  create: searching(8, (found, seen) => {
    const last = entropyBins(magnitudes(found), found.oneSided ? 256 : 128);
    return clippedAt(seen, (last / MAGNITUDE_BINS) * found.largest);
  }),
};

/** How many of the bins are kept. */
function entropyBins(counts: Float64Array, levels: number): number {
  const bins = counts.slice();
  bins[0] = bins[1]!;
  let beyond = 0;
  for (let i = FIRST_BIN; i < bins.length; i++) beyond += bins[i]!;
  const sums = new Float64Array(levels);
  const filled = new Float64Array(levels);
  let [best, least] = [bins.length, Infinity];
  for (let kept = FIRST_BIN; kept <= bins.length; kept++) {
    const divergence = divergenceAt(bins, kept, beyond, sums, filled);
    if (divergence <= least) [best, least] = [kept, divergence];
    if (kept < bins.length) beyond -= bins[kept]!;
  }
  return best;
}

/** Σ p · ln(p / q) of the kept bins, what is beyond added to the last; infinite where q is 0 and p isn't. */
function divergenceAt(
  bins: Float64Array,
  kept: number,
  beyond: number,
  sums: Float64Array,
  filled: Float64Array,
): number {
  const levels = sums.length;
  sums.fill(0);
  filled.fill(0);
  let inside = 0;
  for (let i = 0; i < kept; i++) {
    const count = bins[i]!;
    if (count === 0) continue;
    const level = Math.floor((i * levels) / kept);
    sums[level]! += count;
    filled[level]! += 1;
    inside += count;
  }
  const total = inside + beyond;
  let divergence = 0;
  for (let i = 0; i < kept; i++) {
    const count = bins[i]!;
    const p = (i === kept - 1 ? count + beyond : count) / total;
    if (p === 0) continue;
    if (count === 0) return Infinity;
    const level = Math.floor((i * levels) / kept);
    divergence += p * Math.log((p * inside * filled[level]!) / sums[level]!);
  }
  return divergence;
}
