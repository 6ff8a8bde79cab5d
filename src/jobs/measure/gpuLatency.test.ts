/** Latency by layer on the GPU: every layer, or none where the GPU did not answer; and its column. */
import { expect, it } from 'vitest';
import { figuresOf } from '../../analysis/figures';
import { createReferenceBackend } from '../../engine/reference';
import type { Backend } from '../../engine/engine';
import { tinyGraph, tinySamples } from '../testing/tiny';
import { gpuLatency } from './gpuLatency';

const share = {
  all: <T>(work: (border: () => Promise<void>) => Promise<T>) => work(() => Promise.resolve()),
};

it('is the least of rounds for each layer; nothing where the device was lost', async () => {
  const reference = createReferenceBackend();
  const timing = (lost?: string): Backend => ({
    ...reference,
    prepare: async (...given) => {
      const executable = await reference.prepare(...given);
      let calls = 0;
      return {
        ...executable,
        runMany: async (samples) => [await executable.run(samples[0]!)],
        timeNode: (node) => Promise.resolve(node + 1 + 1 / ++calls),
        fellBack: () => (calls > 0 ? lost : undefined),
      };
    },
  });
  const sample = await tinySamples.read(0);
  const found = await gpuLatency(tinyGraph, sample, timing(), share);
  // Two nodes, a first round to warm up and five that count.
  expect([...found]).toEqual([
    ['first', { msWebGpu: 1 + 1 / 11 }],
    ['second', { msWebGpu: 2 + 1 / 12 }],
  ]);
  expect([...(await gpuLatency(tinyGraph, sample, timing('lost'), share))]).toEqual([]);
});

it('has a column where WebGPU answered', () => {
  const score = { kind: 'classes', label: 'accuracy', unit: '%', better: 'higher', value: 1 };
  const of = (backend: 'wasm' | 'webgpu') =>
    figuresOf({
      figures: {
        float: { scores: [score], fileBytes: 1, energy: 1 },
        counts: { evaluated: 1 },
        computed: { backend, why: '' },
      },
    } as never).map(({ id }) => id);
  expect(of('wasm')).not.toContain('latencyWebGpu');
  const ids = of('webgpu');
  expect(ids.indexOf('latencyWebGpu')).toBe(ids.indexOf('latencyRatio') + 1);
});
