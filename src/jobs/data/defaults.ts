/** What samples are by default, in the page and in the shell alike. */
import type { DataSource } from '../../data/samples';

/** Enough for stable min-max ranges (TFLite's guide asks for 100 to 500). */
export const calibrationSamples = 200;

/** Of the order of samples, and of made-up ones. */
export const samplesSeed = 1;

/** Made-up samples when no data is given. */
const SYNTHETIC_SAMPLES = 128;

export function syntheticSource(seed: number): DataSource {
  const count = SYNTHETIC_SAMPLES;
  return {
    kind: 'synthetic',
    name: 'Synthetic samples',
    key: `synthetic ${count} seed ${seed}`,
    count,
    seed,
    choices: {},
  };
}
