/** Equalization as a step of a recipe: on paper, with the file in the TFLite runtime. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import { writeTflite } from '../../formats/tflite/write';
import { runOracle } from '../../testing/oracle';
import type { EqualizeStep } from '../../quant/repairSteps';
import type { RunUpdate } from '../../run/types';
import { quantize } from '../quantize';
import { feedsOf } from '../prepared';
import {
  listening,
  tinyContext,
  tinyOpened,
  tinyRecipe,
  tinyRequest,
  tinySamples,
} from '../testing/tiny';

const step: EqualizeStep = { kind: 'equalize', relu6: 'keep', absorb: false };

const run = (steps: readonly EqualizeStep[], more: Parameters<typeof tinyContext>[1] = {}) =>
  quantize(
    tinyRequest({ recipe: tinyRecipe({ steps }) }),
    tinyContext(listening<RunUpdate>(), more),
  );

describe('equalization as a step', () => {
  it('says what it changed, and the run is measured and exported as any other', async () => {
    const { made, figures } = await run([step]);
    // Rows of w1: 1 and ¼; columns of w2: 1 and 1. s = 1 and ½.
    const w1 = made.graph.values.find(({ name }) => name === 'w1')!;
    expect([...(w1.data as Float32Array)]).toEqual([1, -1, 0, 0.5]);
    expect(made.repaired).toEqual([
      {
        kind: 'equalize',
        sentences: [
          'Equalized 1 pair of layers. Float outputs change by at most 0 of their largest magnitude on 2 calibration samples.',
        ],
      },
    ]);
    // y₂ = 255 in calibration, and twice that now.
    expect(made.stats!.values['y']!.seenMax).toBe(510);
    expect(figures.float.scores[0]!.value).toBe(100);
    const sample = await tinySamples.read(2);
    const feeds = feedsOf(made.converted, sample);
    const [expected] = await runOracle(writeTflite(made.converted), feeds);
    const ours = await (await createReferenceBackend().prepare(made.converted)).run(feeds);
    expect(ours[0]!.data).toEqual(expected!.data);
  });

  it('is repeated without a change, and leaves the layer alone whose range is given', async () => {
    const twice = await run([step, step]);
    expect(twice.made.repaired).toHaveLength(2);
    const recipe = tinyRecipe({
      steps: [step],
      ranges: { first: { method: 'given', min: 0, max: 255 } },
    });
    const given = await quantize(tinyRequest({ recipe }), tinyContext(listening<RunUpdate>()));
    expect(given.made.repaired![0]!.sentences[0]).toMatch(/^Nothing was equalized/);
  });

  it('works where nothing is calibrated, and says which samples it lacks', async () => {
    const recipe = tinyRecipe({ rules: [], scheme: 'custom', steps: [{ ...step, absorb: true }] });
    const request = tinyRequest({ recipe });
    expect(
      (await quantize(request, tinyContext(listening<RunUpdate>()))).made.stats,
    ).toBeUndefined();
    const openSamples = () =>
      Promise.resolve({ ...tinyOpened, roles: { ...tinyOpened.roles, calibration: [] } });
    await expect(
      quantize(request, tinyContext(listening<RunUpdate>(), { openSamples })),
    ).rejects.toMatchObject({ code: 'bad-data' });
  });
});
