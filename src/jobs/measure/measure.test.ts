/** Single measurements, on the tiny model and by hand. */
import { describe, expect, it, vi } from 'vitest';
import { scoringOf } from '../../analysis/score';
import { createReferenceBackend } from '../../engine/reference';
import { convert } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import { calibrate } from '../../quant/stats';
import type { Graph } from '../../model/graph';
import type { Run, RunUpdate } from '../../run/types';
import { prepare } from '../prepared';
import {
  tinyContext,
  tinyGraph,
  tinyOpened,
  tinyRecipe,
  tinyRoles,
  tinySamples,
  listening,
} from '../testing/tiny';
import { branched } from './branched';
import { comparedSamples } from './evaluation';
import { growing } from './growing';
import { errorsShard } from './errors';
import { layersAlone } from './isolated';
import { joined } from './joined';
import { latencies } from './latency';
import { layerErrors } from './layerErrors';
import { scoresOf } from './scores';
import { layersOfSensitivity, samplesOfSensitivity } from './sensitivities';
import type { MadeOf } from './madeOf';
import { sensitivityShard } from './sensitivity';
import { activationElements, affordable, workOf } from './work';

const backend = createReferenceBackend();
const { needs } = tinyOpened;

async function tinyMade() {
  const float = await prepare(backend, tinyGraph);
  const stats = await calibrate(
    tinyGraph,
    (feeds, tap) => float.executable.run(feeds, tap),
    {
      length: 2,
      at: async (at) => float.feeds(await tinySamples.read(tinyRoles.calibration[at]!)),
    },
    { method: 'minmax' },
  );
  const recipe = tinyRecipe();
  const plan = planOf(tinyGraph, recipe, stats);
  return { float, stats, recipe, plan, graph: tinyGraph, converted: convert(tinyGraph, plan) };
}

const inputsOf = async (at: number) => (await tinySamples.read(at)).inputs;

describe('errors of every layer', () => {
  it('are those of the wholly quantized model and of each layer alone, worked out on paper', async () => {
    const made = await tinyMade();
    const together = joined(
      tinyGraph,
      made.converted,
      layersAlone(made, ['first', 'second'], new Map()),
    );
    const errors = layerErrors(together);
    expect(errors.results().size).toBe(0);
    const setup = { joined: together, float: tinyGraph, quantized: made.converted };
    const shard = await errorsShard(setup, backend);
    const add = async (at: number) => {
      const seen = await shard.run({ inputs: await inputsOf(at), layers: true });
      errors.add(seen.sums);
      return seen;
    };
    const { expected, outputs } = await add(2);
    expect(expected[0]![0]).toBeCloseTo(21.2, 5);
    expect([...outputs[0]!]).toEqual([20, 5]);
    const first = errors.results();
    expect([...first.keys()]).toEqual(['first', 'second']);
    // A: float z = (21.2, 5); the first alone gives (20, 5), the second alone (21, 5).
    const { accumulated, isolated } = first.get('second')!;
    expect(accumulated!.sqnr).toBeCloseTo(10 * Math.log10((21.2 ** 2 + 25) / 1.44), 4);
    expect(accumulated!.rmseOverScale).toBeCloseTo(Math.sqrt(1.44 / 2), 5);
    expect(isolated!.mse).toBeCloseTo(0.2 ** 2 / 2, 4);
    expect(first.get('first')!.isolated!.mse).toBeCloseTo(1.2 ** 2 / 2, 4);
    await add(3);
    // B: (16, 20) against (19.7, 19.55), then (20, 20).
    const second = errors.results();
    const inputNoise = (1.2 ** 2 + 3.7 ** 2 + 0.45 ** 2) / 4;
    expect(second.get('first')!.accumulated!.mse).toBeCloseTo(inputNoise, 4);
    expect(second.get('first')!.isolated!.mse).toBeCloseTo(inputNoise, 4);
    expect(second.get('second')!.isolated!.mse).toBeCloseTo(
      (0.2 ** 2 + 0.3 ** 2 + 0.45 ** 2) / 4,
      4,
    );
    shard.dispose();
  });

  it('are left out where only the answers are wanted, and compared with the model as it was opened', async () => {
    const made = await tinyMade();
    const together = joined(tinyGraph, made.converted, []);
    expect(together.pairs.map(({ figure }) => figure)).toEqual(['accumulated', 'accumulated']);
    const plain = { joined: together, float: tinyGraph, quantized: made.converted };
    const original = {
      ...tinyGraph,
      values: tinyGraph.values.map((value) =>
        value.name === 'w2' ? { ...value, data: Float32Array.of(2, 0, 0, 2) } : value,
      ),
    };
    for (const layers of [false, true]) {
      const inputs = await inputsOf(2);
      const seen = await (await errorsShard(plain, backend)).run({ inputs, layers });
      expect(seen.sums).toHaveLength(layers ? 40 : 0);
      expect([...seen.outputs[0]!]).toEqual([20, 5]);
      expect(seen.expected[0]![0]).toBeCloseTo(21.2, 5);
      const other = await errorsShard({ ...plain, original }, backend);
      const { expected, outputs } = await other.run({ inputs, layers });
      expect(expected[0]![0]).toBeCloseTo(42.4, 5);
      expect([...outputs[0]!]).toEqual([20, 5]);
      other.dispose();
    }
  });

  it('take an int8 border as an input of its own', async () => {
    const { plan } = await tinyMade();
    const quantized = convert(tinyGraph, { ...plan, io: 'int8' });
    const together = joined(tinyGraph, quantized, []);
    expect(together.inputs).toEqual([0, 0]);
    const dtypes = together.graph.inputs.map((index) => together.graph.values[index]!.dtype);
    expect(dtypes).toEqual(['float32', 'int8']);
    const shard = await errorsShard({ joined: together, float: tinyGraph, quantized }, backend);
    const { outputs } = await shard.run({ inputs: await inputsOf(2), layers: true });
    expect([...outputs[0]!]).toEqual([20, 5]);
  });
});

describe('one layer alone', () => {
  it('is int8 by itself, between float borders', async () => {
    const made = await tinyMade();
    const [alone] = layersAlone(made, ['second'], new Map());
    const dtypes = alone!.graph.values.map(({ name, dtype }) => [name, dtype]);
    expect(Object.fromEntries(dtypes)).toMatchObject({ y: 'float32', w2: 'int8', z: 'int8' });
    expect(alone!.graph.values[alone!.graph.outputs[0]!]!.dtype).toBe('float32');
  });

  it('has the very weights of the converted graph, which are held and packed once', async () => {
    const made = await tinyMade();
    const constants = new Map();
    const converted = convert(tinyGraph, made.plan, constants);
    const [alone] = layersAlone(made, ['second'], constants);
    const weights = ({ values }: Graph) => values.find(({ name }) => name === 'w2')!.data;
    expect(weights(alone!.graph)).toBe(weights(converted));
    const together = joined(tinyGraph, converted, [alone!]);
    const held = together.graph.values.filter(({ data }) => data === weights(converted));
    expect(held).toHaveLength(1);
  });

  it('rounds as in the run where a step has changed how', async () => {
    const made = await tinyMade();
    const values = { ...made.plan.values };
    values['y'] = { ...values['y']!, scale: Float32Array.from([2]) };
    values['w2'] = { ...values['w2']!, scale: Float32Array.from([1]) };
    const plan = { ...made.plan, values };
    const scaleOf = (of: MadeOf, layer: string, name: string) => {
      const [alone] = layersAlone(of, [layer], new Map());
      return [...(alone!.graph.values.find((value) => value.name === name)!.quant?.scale ?? [])];
    };
    const stepped = { ...made, plan, recipe: { ...made.recipe, steps: [{} as never] } };
    expect(scaleOf(stepped, 'first', 'y')).toEqual([2]);
    expect(scaleOf(stepped, 'first', 'x/quantize')).toEqual([4]);
    // Of another form than in the plan: its own stays.
    expect(scaleOf(stepped, 'second', 'w2')).toHaveLength(2);
    expect(scaleOf({ ...made, plan }, 'first', 'y')).toEqual([1]);
  });

  it('gives the answers that were worked out on paper, all others float', async () => {
    const made = await tinyMade();
    const layers = layersAlone(made, ['first', 'second'], new Map());
    const shard = await sensitivityShard({ ...branched(tinyGraph, layers), output: 0 }, backend);
    const close = (got: Float32Array, wanted: readonly number[]) => {
      wanted.forEach((x, at) => {
        expect(got[at]).toBeCloseTo(x, 4);
      });
    };
    const a = await shard.run({ inputs: await inputsOf(2), layers: [0, 2] });
    close(a.float, [21.2, 5]);
    close(a.outputs[0]!, [20, 5]);
    close(a.outputs[1]!, [21, 5]);
    const b = await shard.run({ inputs: await inputsOf(3), layers: [1, 2] });
    expect(b.outputs).toHaveLength(1);
    close(b.outputs[0]!, [20, 20]);
    // A branch leaves what the run left: asked again, it says the same.
    const again = await shard.run({ inputs: await inputsOf(2), layers: [0, 2] });
    expect(again).toEqual(a);
    shard.dispose();
  });
});

describe('scores', () => {
  it('are one per output, by labels or by likeness, each with its own target', () => {
    const two = {
      inputs: needs.inputs,
      outputs: [
        { name: 'a', shape: [1, 2], ends: 'softmax' as const },
        { name: 'b', shape: [1, 1], ends: 'linear' as const },
      ],
    };
    const targets = [
      { kind: 'numbers' as const, output: 1, size: 1 },
      { kind: 'classes' as const, output: 0, count: 2 },
    ];
    const scorings = scoringOf(targets, two, false);
    const scores = scoresOf(scorings, { targets }, 'target');
    const likeness = scoresOf(scorings, { targets }, 'likeness');
    const sample = {
      inputs: [Float32Array.from([9])],
      targets: [Float32Array.from([10]), 1],
    };
    const outputs = [Float32Array.from([0.7, 0.3]), Float32Array.from([12])];
    const float = [Float32Array.from([0.6, 0.4]), Float32Array.from([11])];
    const answers = scores.add(sample, outputs, float);
    expect(answers[0]).toMatchObject({ answer: 0, correct: false });
    expect(answers[1]!.error).toBeCloseTo(2, 5);
    likeness.add(sample, outputs, float);
    expect(scores.scores()).toMatchObject([
      { kind: 'classes', output: 'a', value: 0 },
      { kind: 'numbers', output: 'b', value: 2 },
    ]);
    expect(likeness.scores()).toMatchObject([
      { kind: 'agreement', output: 'a', value: 100 },
      { kind: 'likeness', output: 'b', value: 10 * Math.log10(121) },
    ]);
  });
});

describe('work', () => {
  it('counts multiply-accumulates, and every number that is looked at', () => {
    // Two layers of four MACs; x, y and z of two numbers, each looked at for ten.
    expect(activationElements(tinyGraph)).toBe(6);
    expect(workOf(tinyGraph)).toBe(8 + 10 * 6);
    expect(affordable(100, 30, { least: 1, most: 10 })).toBe(3);
    expect(affordable(100, 30, { least: 5, most: 10 })).toBe(5);
    expect(affordable(100, 0, { least: 5, most: 10 })).toBe(10);
  });

  it('is of the layers that lose most by themselves, where one sample of all is too much', () => {
    const names = Array.from({ length: 10_000 }, (_, at) => ({ name: `n${at}` }));
    const graph = { ...tinyGraph, nodes: names.map(() => tinyGraph.nodes[0]!) };
    const isolated = (sqnr: number) => ({ cosine: 1, mse: 0, maxAbs: 0, sqnr });
    const figures = { n9999: { isolated: isolated(3) }, n5: { isolated: isolated(4) } };
    const chosen = layersOfSensitivity(graph, names, figures);
    // 2 · 8e6 / 10,000 layers, in the graph's order.
    expect(chosen).toHaveLength(1600);
    expect([chosen[0], chosen.at(-1)]).toEqual([{ name: 'n0' }, { name: 'n9999' }]);
    expect(layersOfSensitivity(tinyGraph, names.slice(0, 9), {})).toHaveLength(9);
  });

  it('gives every machine the same number of samples', () => {
    const wide = (elements: number): Graph => ({
      ...tinyGraph,
      nodes: [],
      values: [{ name: 'x', shape: [elements], dtype: 'float32' }],
    });
    // 10 per number and layer-half: 2.7e11 / (10 · 9e6 · 60/2) = 100.
    expect(samplesOfSensitivity(wide(9e6), 60)).toBe(100);
    expect(samplesOfSensitivity(tinyGraph, 2)).toBe(256);
    expect(samplesOfSensitivity(wide(4e7), 600)).toBe(8);
    // Calls of kernels: 8e6 / (2,000 · 2,000/2) = 4.
    const long = (nodes: number): Graph => ({
      ...tinyGraph,
      nodes: Array.from({ length: nodes }, () => tinyGraph.nodes[0]!),
    });
    expect(samplesOfSensitivity(long(2000), 2000)).toBe(4);
    expect(samplesOfSensitivity(long(10_000), 10_000)).toBe(1);
    const prepared = wide;
    // 3e11 / (10 · 3 · 2e8) = 50
    expect(comparedSamples({ float: prepared(2e8), quantized: prepared(2e8) })).toBe(50);
    expect(comparedSamples({ float: prepared(1e3), quantized: prepared(1e3) })).toBe(256);
    expect(comparedSamples({ float: prepared(2e9), quantized: prepared(2e9) })).toBe(8);
  });
});

describe('latency', () => {
  it('is of each graph and layer, by name, in the order given', async () => {
    const { converted } = await tinyMade();
    const { share } = tinyContext();
    const progress: number[] = [];
    const [float, quantized] = await latencies([tinyGraph, converted], await tinySamples.read(2), {
      backend,
      share,
      report: (label, done) => {
        expect(label).toBe('Measuring latency');
        progress.push(done);
      },
    });
    expect([...float!.layers.keys()]).toEqual(['first', 'second']);
    expect([...quantized!.layers.keys()]).toEqual(converted.nodes.map(({ name }) => name));
    for (const { total, layers } of [float!, quantized!]) {
      expect(total).toBeGreaterThan(0);
      for (const ms of layers.values()) expect(ms).toBeGreaterThan(0);
    }
    expect(progress[0]).toBe(0);
    expect(Math.max(...progress)).toBeLessThanOrEqual(1);
    expect(progress.length).toBeGreaterThan(10);
  });

  it('lets others go first between two rounds, and gives its memory back', async () => {
    let disposed = 0;
    let borders = 0;
    const counting = {
      ...backend,
      prepare: async (...args: Parameters<typeof backend.prepare>) => {
        const executable = await backend.prepare(...args);
        expect(args[1]).toEqual({ keepAll: true });
        return {
          ...executable,
          dispose: () => {
            disposed++;
            executable.dispose();
          },
        };
      },
    };
    const share = {
      ...tinyContext().share,
      all: <T>(work: (border: () => Promise<void>) => Promise<T>) =>
        work(() => {
          borders++;
          return Promise.resolve();
        }),
    };
    const report = () => undefined;
    await latencies([tinyGraph], await tinySamples.read(2), { backend: counting, share, report });
    expect(disposed).toBe(1);
    expect(borders).toBeGreaterThan(2);
    const failing = { ...counting, prepare: () => Promise.reject(new Error('no memory')) };
    await expect(
      latencies([tinyGraph], await tinySamples.read(2), { backend: failing, share, report }),
    ).rejects.toThrow('no memory');
  });
});

describe('a growing run', () => {
  const start = {
    id: 'r',
    made: {},
    figures: { layers: { a: { msFloat: 1 } }, counts: { evaluated: 0 } },
    pending: ['score', 'latency'],
  } as unknown as Run;

  it('gathers figures without changing what was sent', () => {
    const heard = listening<RunUpdate>();
    const run = growing(start, heard.events);
    run.publish('now');
    run.setLayers(
      new Map([
        ['a', { sensitivity: 2 }],
        ['b', { msFloat: 3 }],
      ]),
    );
    run.set({ counts: { evaluated: 5 } });
    run.done('score');
    run.publish('now');
    expect(run.run.figures.layers).toEqual({
      a: { msFloat: 1, sensitivity: 2 },
      b: { msFloat: 3 },
    });
    expect(run.run.pending).toEqual(['latency']);
    expect(heard.partials[0]).toBe(start);
    expect(heard.partials[0]!.figures.layers).toEqual({ a: { msFloat: 1 } });
    expect(heard.partials[1]).toBe(run.run);
    expect(run.run.made).toBe(start.made);
    run.done('latency', 'isolated');
    expect(run.run.pending).toEqual([]);
  });

  it('is sent soon only where the last time is long ago', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const heard = listening<RunUpdate>();
      const run = growing(start, heard.events);
      run.publish('soon');
      run.publish('soon');
      expect(heard.partials).toHaveLength(1);
      vi.advanceTimersByTime(699);
      run.publish('soon');
      expect(heard.partials).toHaveLength(1);
      vi.advanceTimersByTime(1);
      run.publish('soon');
      expect(heard.partials).toHaveLength(2);
      run.publish('now');
      expect(heard.partials).toHaveLength(3);
      growing(start, { progress: () => undefined }).publish('now');
    } finally {
      vi.useRealTimers();
    }
  });
});
