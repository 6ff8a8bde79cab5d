/** The page's sample models, three epochs: what training saw is what the integer engine says, and it helps. */
import { expect, it } from 'vitest';
import { primaryOf } from '../../analysis/score';
import { runJob } from '..';
import { hasDigits, trainingRequest, trainingWorker } from '../testing/digits';

it.skipIf(!hasDigits).each([
  ['mnist-dense.h5', 'int8', 93],
  ['mnist-mobilenet.keras', 'int8', 97],
  // Quantized alone 90.35 % of all 2,000 digits; float 98.30 %.
  ['mnist-mobilenet.keras', 'int8-per-tensor', 93],
] as const)(
  '%s, %s',
  async (file, scheme, least) => {
    const change = { samples: 500, options: { epochs: 3 } };
    const request = await trainingRequest(change, { file, scheme });
    const roles = { calibration: 200, evaluation: 600, seed: 1 };
    const asked = { ...request, samples: { ...request.samples, roles } };
    const run = await runJob('quantize', asked, trainingWorker(), { progress: () => undefined });
    const { whole, fakeQuant } = run.figures;
    expect(primaryOf(whole.scores)!.value).toBeGreaterThan(least);
    const [fake, integer] = [fakeQuant!.scores[0]!, fakeQuant!.integerScores[0]!];
    expect(fake.samples).toBe(600);
    // Two samples on fewer than 2,000.
    expect((Math.abs(fake.value - integer.value) * fake.samples) / 100).toBeLessThanOrEqual(2.01);
    for (const dB of Object.values(fakeQuant!.drift)) expect(dB).toBeGreaterThan(25);
  },
  60_000,
);
