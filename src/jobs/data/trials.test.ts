/** A picture set opened in two workers: the second is told what the model answered in the first. */
import { encode } from 'fast-png';
import { expect, it, vi } from 'vitest';
import { memorySource } from '../../data/files/bytes';
import type { DataSource } from '../../data/samples';
import { createReferenceBackend } from '../../engine/reference';
import type { Graph } from '../../model/graph';
import { samplesOpener } from './samples';

/** 4×4 grey → flat → two classes by the left and the right half. */
const halves = Float32Array.from({ length: 32 }, (_, at) => ((at >> 1) % 2 === at >> 4 ? 1 : -1));
const graph: Graph = {
  name: 'halves',
  values: [
    { name: 'x', shape: [1, 4, 4, 1], dtype: 'float32' },
    { name: 'shape', shape: [2], dtype: 'int32', data: Int32Array.of(1, 16) },
    { name: 'flat', shape: [1, 16], dtype: 'float32' },
    { name: 'w', shape: [2, 16], dtype: 'float32', data: halves },
    { name: 'y', shape: [1, 2], dtype: 'float32' },
    { name: 'p', shape: [1, 2], dtype: 'float32' },
  ],
  nodes: [
    { name: 'flatten', op: 'RESHAPE', attrs: {}, inputs: [0, 1], outputs: [2], layer: 0 },
    {
      name: 'dense',
      op: 'FULLY_CONNECTED',
      attrs: { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false },
      inputs: [2, 3, -1],
      outputs: [4],
      layer: 0,
    },
    { name: 'softmax', op: 'SOFTMAX', attrs: { beta: 1 }, inputs: [4], outputs: [5], layer: 0 },
  ],
  inputs: [0],
  outputs: [5],
  layers: [{ name: 'net', type: 'Dense' }],
};
const model = { graph, optimized: graph };

function pictures(key: string): DataSource {
  const files = [0, 1].flatMap((label) =>
    Array.from({ length: 12 }, (_, i) => {
      const data = Uint8Array.from({ length: 16 }, (_, at) =>
        (at % 4 < 2 ? 0 : 1) === label ? 140 + 9 * i : 20 + i,
      );
      const bytes = encode({ width: 4, height: 4, channels: 1, data });
      return { path: `set/${label}/${i}.png`, bytes: memorySource(bytes) };
    }),
  );
  return { kind: 'files', name: 'set', key, files, choices: {} };
}

it('the model is not run again for what it was asked before; other files ask anew', async () => {
  const roles = { calibration: 4, evaluation: 4, seed: 1 };
  const backend = () => Promise.resolve(createReferenceBackend());
  const first = await samplesOpener(backend)({ source: pictures('one'), roles }, model);
  const { trials } = first;
  expect(trials!.answers.length).toBeGreaterThan(0);
  const asked = vi.fn(backend);
  const again = await samplesOpener(asked)({ source: pictures('one'), roles, trials }, model);
  expect(asked).not.toHaveBeenCalled();
  expect(again.samples.key).toBe(first.samples.key);
  expect(again.samples.checks).toEqual(first.samples.checks);
  expect(again.roles).toEqual(first.roles);
  await samplesOpener(asked)({ source: pictures('two'), roles, trials }, model);
  expect(asked).toHaveBeenCalled();
});
