/** Who answers samples: by itself the GPU only for integer models, only where it is faster and falls back on nothing. */
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../engine/reference';
import type { Backend } from '../../engine/engine';
import type { AdapterFacts } from '../../engine/webgpu';
import type { Graph } from '../../model/graph';
import type { GpuPlace } from '../job';
import { tinyGraph, tinySamples } from '../testing/tiny';
import type { BackendChoice } from '../types';
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

const card = { name: 'card', isSoftware: false };

function placeOf(gpu: Backend | string, adapter: AdapterFacts | string = card) {
  const kept = new Map<string, unknown>();
  let opened = 0;
  const place: GpuPlace = {
    adapter: () => Promise.resolve(adapter),
    open: () => {
      opened++;
      return Promise.resolve(gpu);
    },
    version: 'browser 1',
    remembered: {
      get: (key) => Promise.resolve(kept.get(key)),
      set: (key, value) => Promise.resolve(void kept.set(key, value)),
    },
  };
  return { place, kept, opened: () => opened };
}

describe('who answers samples', () => {
  const wasm = slowed(20);
  const choose = async (
    graph: Graph,
    gpu?: GpuPlace,
    choice: BackendChoice = 'auto',
    key = 'model',
  ) =>
    evaluationEngine(
      { graph, sample: await tinySamples.read(0), key },
      {
        backend: () => Promise.resolve(wasm),
        choice: () => choice,
        share: { all: (work) => work(() => Promise.resolve()) },
        ...(gpu && { gpu }),
      },
    );

  it('is the GPU where it is faster, with the reason; measured once for model, adapter and browser', async () => {
    const { place, kept } = placeOf(slowed(0));
    const chosen = await choose(integer, place);
    expect(chosen.batch).toBe(32);
    expect(chosen.floats).toBe(false);
    expect(chosen.computed.backend).toBe('webgpu');
    expect(chosen.computed.why).toMatch(
      /^after 0 ms: measured \d+\.\d times as fast as after 20 ms on this model and adapter \(card\)\.$/,
    );
    expect([...kept.keys()]).toEqual(['card\nbrowser 1\nafter 20 ms\nmodel']);
    kept.set('card\nbrowser 1\nafter 20 ms\nmodel', { gain: 77.7 });
    expect((await choose(integer, place)).computed.why).toContain('77.7 times as fast');
    // Another model is measured for itself; nonsense that was kept is not believed.
    expect((await choose(integer, place, 'auto', 'other')).computed.why).not.toContain('77.7');
    kept.set('card\nbrowser 1\nafter 20 ms\nmodel', { gain: 'fast' });
    expect((await choose(integer, place)).computed.why).toMatch(/measured \d/);
  });

  it('opens no device where it is known to be slower', async () => {
    const { place, kept, opened } = placeOf(slowed(0));
    kept.set('card\nbrowser 1\nafter 20 ms\nmodel', { gain: 0.25 });
    const chosen = await choose(integer, place);
    expect(chosen.computed).toEqual({
      backend: 'wasm',
      why: 'WASM: measured 4.0 times as fast as WebGPU on this model and adapter (card).',
    });
    expect(opened()).toBe(0);
  });

  it('is WASM for float models, without a GPU, where that is slower, emulated or falls back', async () => {
    expect(isInteger(tinyGraph)).toBe(false);
    const emulated = { name: 'SwiftShader', isSoftware: true };
    const cases = [
      [await choose(tinyGraph, placeOf(slowed(0)).place), /computes in float/],
      [await choose(integer), /no other backend/],
      [await choose(integer, placeOf(slowed(0), 'No adapter.').place), /^WASM: no adapter\.$/],
      [await choose(integer, placeOf(slowed(0), emulated).place), /computes on the CPU/],
      [await choose(integer, placeOf('Given up.').place), /^WASM: given up\.$/],
      [await choose(integer, placeOf(slowed(900)).place), /times as fast as WebGPU/],
      [
        await choose(integer, placeOf(slowed(0, 'A kernel failed its self-test.')).place),
        /failed its self-test/,
      ],
      [await choose(integer, placeOf(slowed(0)).place, 'wasm'), /as chosen under Backend/],
    ] as const;
    for (const [chosen, why] of cases) {
      expect(chosen).toMatchObject({ backend: wasm, batch: 1, computed: { backend: 'wasm' } });
      expect(chosen.computed.why).toMatch(why);
    }
  }, 40_000);

  it('is the GPU where the user says so, software or not, float or not; else why not', async () => {
    const emulated = { name: 'SwiftShader', isSoftware: true };
    const chosen = await choose(tinyGraph, placeOf(slowed(900), emulated).place, 'webgpu');
    expect(chosen).toMatchObject({ batch: 32, floats: true, computed: { backend: 'webgpu' } });
    const none = await choose(tinyGraph, placeOf(slowed(0), 'No adapter.').place, 'webgpu');
    expect(none.computed.why).toBe('WASM: WebGPU was chosen, but no adapter.');
    const unable = await choose(
      tinyGraph,
      placeOf(slowed(0, 'TOPK has no kernel.')).place,
      'webgpu',
    );
    expect(unable.computed).toEqual({
      backend: 'wasm',
      why: 'WASM: WebGPU was chosen, but TOPK has no kernel.',
    });
  });
});
