/**
 * Scales of symmetric weights at least squared error: what a few coarse steps lose by clipping the
 * largest numbers they win on all others. The plan and the start of training share them.
 */

/** Below this a channel is dead: any scale does, and 0/0 must not arise. */
export const SCALE_FLOOR = 1e-12;

const largest = (data: Float32Array) => data.reduce((m, x) => Math.max(m, Math.abs(x)), 0);

/** Gives up as soon as it is above `least`. */
function squaredError(data: Float32Array, scale: number, levels: number, least: number): number {
  let sum = 0;
  for (let i = 0; i < data.length && sum <= least; i++) {
    const x = data[i]!;
    const q = Math.max(-levels, Math.min(levels, Math.round(x / scale)));
    const error = q * scale - x;
    sum += error * error;
  }
  return sum;
}

/**
 * The scale of least squared error among 80 from 0.2 to 1 of the one that clips nothing.
 * @param levels the grid's largest integer: 127, 7
 */
export function mseScale(data: Float32Array, levels: number): number {
  const top = largest(data) / levels;
  if (!(top > SCALE_FLOOR)) return SCALE_FLOOR;
  let [best, least] = [top, Infinity];
  for (let k = 0; k < 80; k++) {
    const scale = Math.fround(top * (1 - (0.8 * k) / 79));
    const error = squaredError(data, scale, levels, least);
    if (error < least) [best, least] = [scale, error];
  }
  return Math.fround(best);
}

/**
 * OCTAV (arXiv 2206.06501 eq. 6): the clipping value of least expected squared error by Newton's
 * iteration; sₙ₊₁ = Σ|x|·1(|x| > s) / (4⁻ᴮ/3 · Σ1(|x| ≤ s) + Σ1(|x| > s)).
 */
export function octavScale(data: Float32Array, levels: number): number {
  const top = largest(data);
  if (!(top / levels > SCALE_FLOOR)) return SCALE_FLOOR;
  const bits = Math.log2(levels + 1) + 1;
  let clip = data.reduce((sum, x) => sum + Math.abs(x), 0) / data.length;
  for (let step = 0; step < 100; step++) {
    let [sum, outside] = [0, 0];
    for (const x of data) {
      if (Math.abs(x) <= clip) continue;
      sum += Math.abs(x);
      outside++;
    }
    const next = sum / ((4 ** -bits / 3) * (data.length - outside) + outside);
    if (Math.abs(next - clip) <= 1e-6 * clip) break;
    clip = next;
  }
  return Math.fround(Math.min(clip, top) / levels);
}
