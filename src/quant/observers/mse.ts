import { activationParams, limits, roundHalfAway } from '../affine';
import { clippedAt, MAGNITUDE_BINS, searching, type Counted } from './magnitudes';
import type { PlainObserver, Range } from './observer';

/** Thresholds tried: every eighth of the bins of magnitudes from the 128th on. */
const FIRST_BIN = 128;
const STRIDE = 8;

/**
 * The threshold of least squared error on the very grid that its range gives, as NVIDIA's pytorch-quantization searches
 * it (calib/histogram.py, _compute_amax_mse) on a symmetric one. At 16 bits nothing is cut.
 */
export const mse: PlainObserver<'mse'> = {
  id: 'mse',
  label: 'Squared error (MSE)',
  describe: () => 'least squared error',
  create: searching(8, (found, seen) => {
    const all = { min: seen.seenMin, max: seen.seenMax };
    let [best, least]: [Range, number] = [all, squaredError(found, all)];
    for (let bin = MAGNITUDE_BINS - STRIDE; bin >= FIRST_BIN; bin -= STRIDE) {
      const range = clippedAt(seen, (bin / MAGNITUDE_BINS) * found.largest);
      const error = squaredError(found, range);
      if (error < least) [best, least] = [range, error];
    }
    return best;
  }),
};

/** Of all that was counted, on the int8 grid of this range. */
function squaredError({ counts, centres }: Counted, { min, max }: Range): number {
  const { scale, zeroPoint } = activationParams(min, max, 'A range');
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin]!;
    if (count === 0) continue;
    const x = centres[bin]!;
    const step = roundHalfAway(x / scale) + zeroPoint;
    const q = Math.max(limits.int8.min, Math.min(limits.int8.max, step));
    const error = (q - zeroPoint) * scale - x;
    sum += count * error * error;
  }
  return sum;
}
