/** Findings of the page's MobileNet, whose per-tensor fault is known: three depthwise layers (docs/results.md). */
import { expect, it } from 'vitest';
import { findingsNote } from '../../analysis/findings';
import { stockRecipe } from '../../quant/recipe';
import type { SchemeId } from '../../quant/types';
import { runJob } from '..';
import { hasDigits, trainingRequest, trainingWorker } from '../testing/digits';

async function findingsOf(scheme: SchemeId) {
  const request = await trainingRequest({}, { file: 'mnist-mobilenet.keras' });
  const { figures } = await runJob(
    'quantize',
    {
      ...request,
      recipe: stockRecipe(scheme),
      samples: { ...request.samples, roles: { calibration: 40, evaluation: 90, seed: 1 } },
      measure: { latency: false, isolated: true, sensitivity: true },
      sensitivitySamples: 8,
    },
    trainingWorker(),
    { progress: () => undefined },
  );
  return figures.findings!;
}

it.skipIf(!hasDigits)(
  'names the three depthwise layers first, and per-channel weights',
  async () => {
    const [first] = await findingsOf('int8-per-tensor');
    expect(first!.rule).toBe('channel-ranges');
    expect([...first!.layers].sort()).toEqual(['block1_dw', 'block2_dw', 'head/block4_dw']);
    expect(first!.fixes[0]!.change).toEqual({ scheme: 'int8' });
  },
);

it.skipIf(!hasDigits)('has nothing to repair where weights are per channel', async () => {
  expect(await findingsOf('int8')).toEqual([]);
});

it('says which rules are silent on made-up samples', () => {
  const samples = { key: '', name: '', roles: [], checks: [] };
  expect(findingsNote({ samples: { ...samples, synthetic: true } })).toContain('outliers');
  expect(findingsNote({ samples: { ...samples, synthetic: false } })).toBeUndefined();
});
