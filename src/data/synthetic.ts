import { elementCount } from '../model/graph';
import { random } from './random';
import type { Dataset } from './types';

/**
 * Made-up samples of any shape, values in [0, 1): images get smooth random fields (a sum of a few
 * waves and noise, so that neighbouring pixels resemble each other), vectors uniform noise. Good for
 * size, latency and weight errors; never for accuracy.
 */
export function synthetic(inputShape: readonly number[], count: number, seed: number): Dataset {
  const sampleShape = inputShape.slice(1);
  const length = elementCount(sampleShape);
  const samples = new Float32Array(count * length);
  const next = random(seed);
  const image = sampleShape.length === 3 || sampleShape.length === 2;
  for (let sample = 0; sample < count; sample++) {
    const out = samples.subarray(sample * length, (sample + 1) * length);
    if (image) fillImage(out, sampleShape, next);
    else for (let i = 0; i < length; i++) out[i] = next();
  }
  return {
    name: 'Synthetic samples',
    description: `${count} made-up samples, seed ${seed}`,
    count,
    sampleShape,
    samples,
    synthetic: true,
  };
}

const WAVES = 4;

function fillImage(out: Float32Array, shape: readonly number[], next: () => number): void {
  const [height, width, channels = 1] = shape as [number, number, number?];
  const waves = Array.from({ length: WAVES }, () => ({
    fx: (next() - 0.5) * 0.8,
    fy: (next() - 0.5) * 0.8,
    phase: next() * 2 * Math.PI,
    tint: Array.from({ length: Math.min(channels, 4) }, () => next()),
  }));
  let position = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let value = 0;
        for (const wave of waves)
          value += (wave.tint[c % 4] ?? 0.5) * Math.sin(wave.fx * x + wave.fy * y + wave.phase);
        value = 0.5 + value / (2 * WAVES * 0.6) + (next() - 0.5) * 0.1;
        out[position++] = Math.min(0.999, Math.max(0, value));
      }
    }
  }
}
