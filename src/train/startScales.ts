/** Scales of symmetric weights to begin with, per slice of channels. */
import type { ChannelShape } from './arithmetic';

/** Below this a channel is dead: any scale does, and 0/0 must not arise. */
export const SCALE_FLOOR = 1e-12;

function slices(data: Float32Array, { outer, channels, inner }: ChannelShape): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => {
    const slice = new Float32Array(outer * inner);
    for (let i = 0; i < outer; i++) {
      const from = (i * channels + channel) * inner;
      slice.set(data.subarray(from, from + inner), i * inner);
    }
    return slice;
  });
}

const largest = (data: Float32Array) => data.reduce((m, x) => Math.max(m, Math.abs(x)), 0);

function squaredError(data: Float32Array, scale: number, levels: number): number {
  let sum = 0;
  for (const x of data) {
    const q = Math.max(-levels, Math.min(levels, Math.round(x / scale)));
    sum += (q * scale - x) ** 2;
  }
  return sum;
}

/** The scale of least squared error among 80 from 0.2 to 1 of the one that clips nothing. */
export function mseScale(data: Float32Array, levels: number): number {
  const top = largest(data) / levels;
  if (!(top > SCALE_FLOOR)) return SCALE_FLOOR;
  let [best, least] = [top, Infinity];
  for (let k = 0; k < 80; k++) {
    const scale = Math.fround(top * (1 - (0.8 * k) / 79));
    const error = squaredError(data, scale, levels);
    if (error < least) [best, least] = [scale, error];
  }
  return Math.fround(best);
}

/**
 * OCTAV (arXiv 2206.06501 eq. 7): the clipping value of least expected squared error by Newton's
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

/** One per channel, or one in all. */
export function startScales(
  data: Float32Array,
  shape: ChannelShape,
  many: boolean,
  levels: number,
  method: 'mse' | 'octav',
): Float32Array {
  const scaleOf = method === 'mse' ? mseScale : octavScale;
  const parts = many ? slices(data, shape) : [data];
  return Float32Array.from(parts, (part) => scaleOf(part, levels));
}
