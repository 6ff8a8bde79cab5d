import { clippedAt, searching, type Counted } from './magnitudes';
import type { PlainObserver } from './observer';

/**
 * OCTAV (arXiv 2206.06501, equation 6): the clipping value of least expected squared error by Newton's iteration,
 * sₙ₊₁ = Σ|x|·1(|x| > s) / (c · Σ1(0 < |x| ≤ s) + Σ1(|x| > s)), c = 4⁻ᴮ/3, and a quarter of it where nothing is negative and
 * steps are half as wide.
 */
export const octav: PlainObserver<'octav'> = {
  id: 'octav',
  label: 'OCTAV',
  describe: () => 'OCTAV',
  create: searching(16, (found, seen, bits) => clippedAt(seen, octavThreshold(found, bits))),
};

/** The bin that holds 0 counts as zeros, which every grid has exactly. */
function octavThreshold({ counts, centres, largest, oneSided }: Counted, bits: number): number {
  const noise = 4 ** -bits / (oneSided ? 12 : 3);
  const width = counts.length > 1 ? centres[1]! - centres[0]! : 0;
  const size = centres.map(Math.abs);
  const isZero = (bin: number) => size[bin]! <= width / 2;
  let [sum, total] = [0, 0];
  counts.forEach((count, bin) => {
    if (isZero(bin)) return;
    sum += count * size[bin]!;
    total += count;
  });
  if (total === 0) return largest;
  let clip = sum / total;
  for (let step = 0; step < 100; step++) {
    let [beyond, outside, inside] = [0, 0, 0];
    for (let bin = 0; bin < counts.length; bin++) {
      if (isZero(bin)) continue;
      if (size[bin]! > clip) {
        beyond += counts[bin]! * size[bin]!;
        outside += counts[bin]!;
      } else inside += counts[bin]!;
    }
    const next = beyond / (noise * inside + outside);
    const settled = Math.abs(next - clip) <= 1e-6 * clip;
    clip = next;
    if (settled || outside === 0) break;
  }
  return clip > 0 ? Math.min(clip, largest) : largest;
}
