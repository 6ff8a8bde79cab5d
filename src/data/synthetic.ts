import { IntactError } from '../model/error';
import { elementCount } from '../model/graph';
import { random } from '../numbers/random';

/** Made-up samples in a row, sample-major. */
export interface SyntheticData {
  readonly count: number;
  readonly sampleShape: readonly number[];
  readonly samples: Float32Array;
  readonly synthetic: true;
}

/** Large inputs get fewer samples; two, one to calibrate and one to evaluate, must fit. */
const MOST_BYTES = 2 ** 28;

/**
 * Made-up samples of any shape, values in [0, 1): images get smooth random fields (a sum of a few
 * waves and noise, so that neighbouring pixels resemble each other), vectors uniform noise. Good for
 * size, latency and weight errors; never for accuracy.
 * @throws IntactError `limit` for inputs of more than 33 million numbers
 */
export function synthetic(
  inputShape: readonly number[],
  wanted: number,
  seed: number,
): SyntheticData {
  const sampleShape = inputShape.slice(1);
  const length = elementCount(sampleShape);
  const affordable = Math.floor(MOST_BYTES / (4 * Math.max(1, length)));
  if (affordable < 2)
    throw new IntactError(
      'limit',
      `One sample of this model holds ${Math.round(length / 1e6)} million numbers, too many to make up samples. Use a smaller input size, or give data of your own.`,
    );
  const count = Math.min(wanted, affordable);
  const samples = new Float32Array(count * length);
  const next = random(seed);
  const image = sampleShape.length === 3 || sampleShape.length === 2;
  for (let sample = 0; sample < count; sample++) {
    const out = samples.subarray(sample * length, (sample + 1) * length);
    if (image) fillImage(out, sampleShape, next);
    else for (let i = 0; i < length; i++) out[i] = next();
  }
  return { count, sampleShape, samples, synthetic: true };
}

const WAVES = 4;

/** sin and cos of `frequency · position + phase` for every position along one axis. */
function along(length: number, frequency: number, phase: number) {
  const sin = new Float64Array(length);
  const cos = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    sin[i] = Math.sin(frequency * i + phase);
    cos[i] = Math.cos(frequency * i + phase);
  }
  return { sin, cos };
}

function fillImage(out: Float32Array, shape: readonly number[], next: () => number): void {
  const [height, width, channels = 1] = shape as [number, number, number?];
  const waves = Array.from({ length: WAVES }, () => ({
    x: along(width, (next() - 0.5) * 0.8, 0),
    y: along(height, (next() - 0.5) * 0.8, next() * 2 * Math.PI),
    tint: Array.from({ length: Math.min(channels, 4) }, () => next()),
  }));
  const pixel = new Float64Array(WAVES);
  let position = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // sin(a + b) = sin a · cos b + cos a · sin b: tables along the axes, no sine per pixel.
      waves.forEach((wave, index) => {
        pixel[index] = wave.x.sin[x]! * wave.y.cos[y]! + wave.x.cos[x]! * wave.y.sin[y]!;
      });
      for (let c = 0; c < channels; c++) {
        let value = 0;
        for (let w = 0; w < WAVES; w++) value += (waves[w]!.tint[c & 3] ?? 0.5) * pixel[w]!;
        value = 0.5 + value / (2 * WAVES * 0.6) + (next() - 0.5) * 0.1;
        out[position++] = Math.min(0.999, Math.max(0.001, value));
      }
    }
  }
}
