/** Who evaluates: the GPU only for integer models, only where it answers faster and falls back on nothing. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { tinyGraph, tinySamples } from '../testing/tiny';
import { evaluationEngine, isInteger } from './evaluationEngine';

const reference = createReferenceBackend();
const grid = { scale: Float32Array.of(0.1), zeroPoint: Int32Array.of(0), axis: 0 };
/** float32 → int8 → float32, on the tiny model's first input. */
const shape = tinyGraph.values[tinyGraph.inputs[0]!]!.shape;
const integer: Graph = {
  name: 'integer',
  values: [
    { name: 'x', shape, dtype: 'float32' },
    { name: 'q', shape, dtype: 'int8', quant: grid },
    { name: 'y', shape, dtype: 'float32' },
  ],
  nodes: [
    { name: 'q', op: 'QUANTIZE', attrs: {}, inputs: [0], outputs: [1], layer: 0 },
    { name: 'd', op: 'DEQUANTIZE', attrs: {}, inputs: [1], outputs: [2], layer: 0 },
  ],
  inputs: [0],
  outputs: [2],
  layers: [{ name: 'q', type: 'QUANTIZE' }],
};

/** The reference, each run of it lasting `ms` longer. */
const slowed = (ms: number, fellBack?: string): Backend => ({
  ...reference,
  label: `after ${ms} ms`,
  async prepare(graph, options) {
    const executable = await reference.prepare(graph, options);
    return {
      ...executable,
      fellBack: () => fellBack,
      async runMany(samples) {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return executable.runMany(samples);
      },
    };
  },
});

describe('who evaluates', () => {
  const wasm = slowed(20);
  const choose = async (graph: Graph, gpu?: Backend | string) => {
    const context = {
      backend: () => Promise.resolve(wasm),
      ...(gpu === undefined ? {} : { gpu: () => Promise.resolve(gpu) }),
    };
    return evaluationEngine(graph, await tinySamples.read(0), context);
  };

  it('is the GPU where it is faster, with the reason in the label', async () => {
    const chosen = await choose(integer, slowed(0));
    expect(chosen.batch).toBe(32);
    expect(chosen.label).toMatch(
      /^after 0 ms, batches of 32, \d+\.\d times as fast as after 20 ms$/,
    );
  });

  it('is WASM for float models, without a GPU, where that is slower or falls back', async () => {
    expect(isInteger(tinyGraph)).toBe(false);
    for (const chosen of [
      await choose(tinyGraph, slowed(0)),
      await choose(integer),
      await choose(integer, 'no adapter'),
      await choose(integer, slowed(400)),
      await choose(integer, slowed(0, 'lost')),
    ])
      expect(chosen).toEqual({ backend: wasm, label: 'after 20 ms', batch: 1 });
  }, 20_000);
});
