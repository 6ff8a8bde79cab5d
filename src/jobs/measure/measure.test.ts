/** Single measurements, on the tiny model and by hand. */
import { describe, expect, it, vi } from 'vitest';
import { scoringOf } from '../../analysis/score';
import type { Samples } from '../../data/samples';
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
import { comparedSamples } from './evaluation';
import { keptSample, samplesThatFit } from './floatActivations';
import { growing } from './growing';
import { isolatedGraphs } from './isolated';
import { latencies } from './latency';
import { accumulatedErrors, floatValues, isolatedErrors } from './layerErrors';
import { scoresOf } from './scores';
import { samplesOfSensitivity } from './sensitivities';
import { layerSensitivity, onlyLayer } from './sensitivity';
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

describe('accumulated error', () => {
  it('is that of the wholly quantized model at each layer, over all samples so far', async () => {
    const { float, converted } = await tinyMade();
    const errors = accumulatedErrors(tinyGraph, await prepare(backend, converted));
    const values = floatValues(float, errors.wanted);
    const add = async (at: number) => {
      const sample = await tinySamples.read(at);
      return { expected: await values.run(sample), quantized: await errors.add(sample, values) };
    };
    expect(errors.results().size).toBe(0);
    const { expected, quantized } = await add(2);
    expect(expected[0]![0]).toBeCloseTo(21.2, 5);
    expect([...quantized[0]!]).toEqual([20, 5]);
    const first = errors.results();
    expect([...first.keys()]).toEqual(['first', 'second']);
    expect(first.get('second')!.sqnr).toBeCloseTo(10 * Math.log10((21.2 ** 2 + 25) / 1.44), 4);
    expect(first.get('second')!.rmseOverScale).toBeCloseTo(Math.sqrt(1.44 / 2), 5);
    await add(3);
    expect(errors.results().get('first')!.mse).toBeCloseTo(
      (1.2 ** 2 + 3.7 ** 2 + 0.45 ** 2) / 4,
      4,
    );
  });
});

describe('isolated errors of all layers in one run', () => {
  it('are those of each layer int8 by itself, worked out on paper', async () => {
    const { float, ...made } = await tinyMade();
    const [first, ...more] = isolatedGraphs(made, ['first', 'second']);
    expect(more).toEqual([]);
    const isolated = await isolatedErrors(tinyGraph, first!, backend);
    const values = floatValues(float, isolated.wanted);
    await values.run(await tinySamples.read(2));
    await isolated.add(values);
    // A: float z = (21.2, 5); the first alone gives (20, 5), the second alone (21, 5).
    expect(isolated.results().get('first')!.mse).toBeCloseTo(1.2 ** 2 / 2, 4);
    expect(isolated.results().get('second')!.mse).toBeCloseTo(0.2 ** 2 / 2, 4);
    await values.run(await tinySamples.read(3));
    await isolated.add(values);
    // B: (16, 20) against (19.7, 19.55), then (20, 20).
    expect(isolated.results().get('first')!.mse).toBeCloseTo(
      (1.2 ** 2 + 3.7 ** 2 + 0.45 ** 2) / 4,
      4,
    );
    expect(isolated.results().get('second')!.mse).toBeCloseTo(
      (0.2 ** 2 + 0.3 ** 2 + 0.45 ** 2) / 4,
      4,
    );
    isolated.dispose();
  });

  it('come in one graph as long as the float inputs fit in memory, else in several', async () => {
    const { float, ...made } = await tinyMade();
    void float;
    const wide = made.graph.values.map((value) => (value.data ? value : { ...value }));
    const graphs = isolatedGraphs({ ...made, graph: { ...made.graph, values: wide } }, ['second']);
    expect(graphs.map(({ layers }) => [...layers.values()])).toEqual([
      [{ name: 'second', float: 'z' }],
    ]);
    expect(isolatedGraphs(made, [])).toEqual([]);
  });
});

describe('one layer alone', () => {
  it('is int8 by itself, its neighbours float', async () => {
    const made = await tinyMade();
    const only = onlyLayer(made, 'second');
    const dtypes = Object.fromEntries(only.values.map(({ name, dtype }) => [name, dtype]));
    expect(dtypes).toMatchObject({ x: 'float32', w1: 'float32', w2: 'int8', z: 'int8' });
    expect(only.values[only.outputs[0]!]!.dtype).toBe('float32');
  });

  it('rounds as in the run where a step has changed how', async () => {
    const made = await tinyMade();
    const values = { ...made.plan.values };
    values['y'] = { ...values['y']!, scale: Float32Array.from([2]) };
    values['w2'] = { ...values['w2']!, scale: Float32Array.from([1]) };
    const plan = { ...made.plan, values };
    const scaleOf = (graph: Graph, name: string) => [
      ...(graph.values.find((value) => value.name === name)!.quant?.scale ?? []),
    ];
    const stepped = { ...made, plan, recipe: { ...made.recipe, steps: [{} as never] } };
    const only = onlyLayer(stepped, 'first');
    expect(scaleOf(only, 'y')).toEqual([2]);
    expect(scaleOf(only, 'x/quantize')).toEqual([4]);
    // Of another form than in the plan: its own stays.
    expect(scaleOf(onlyLayer(stepped, 'second'), 'w2')).toHaveLength(2);
    expect(scaleOf(onlyLayer({ ...made, plan }, 'first'), 'y')).toEqual([1]);
  });

  it('costs what the score loses: negative where it is worse than float', async () => {
    const { float, ...made } = await tinyMade();
    const kept = [
      await keptSample(float, await tinySamples.read(2)),
      await keptSample(float, await tinySamples.read(3)),
    ];
    const [scoring] = scoringOf(tinySamples.targets, needs, false);
    const shared = { backend, made, kept, samples: tinySamples, scoring: scoring! };
    expect(await layerSensitivity('first', shared)).toBe(-50);
    expect(await layerSensitivity('second', shared)).toBe(0);
    const [likeness] = scoringOf([{ kind: 'numbers', output: 0, size: 2 }], needs, false);
    const numbers: Pick<Samples, 'targets'> = {
      targets: [{ kind: 'numbers', output: 0, size: 2 }],
    };
    const targets = [
      [21, 5],
      [20, 20],
    ].map((target) => [Float32Array.from(target)]);
    const labelled = kept.map((one, at) => ({
      ...one,
      sample: { ...one.sample, targets: targets[at]! },
    }));
    const change = await layerSensitivity('second', {
      ...shared,
      kept: labelled,
      samples: numbers,
      scoring: likeness!,
    });
    // Mean absolute error: int8 gives the targets exactly, float is (0.2 + 0 + 0.3 + 0.45) / 4 off.
    expect(change).toBeCloseTo(-(0.2 + 0.3 + 0.45) / 4, 5);
  });

  it('starts from the float model’s own numbers, and says when they are missing', async () => {
    const { float, ...made } = await tinyMade();
    const kept = await keptSample(float, await tinySamples.read(2));
    expect([...kept.tensors.keys()].sort()).toEqual(['x', 'y', 'z']);
    expect(kept.tensors.get('y')!.data[0]).toBeCloseTo(21.2, 5);
    expect(kept.outputs[0]).toEqual(kept.tensors.get('z')!.data);
    const [scoring] = scoringOf(tinySamples.targets, needs, false);
    const { x: _x, ...rest } = Object.fromEntries(kept.tensors);
    void _x;
    const second = { ...kept, tensors: new Map(Object.entries(rest)) };
    const shared = { backend, made, samples: tinySamples, scoring: scoring! };
    // The second layer needs y, which is there; the first needs x.
    expect(await layerSensitivity('second', { ...shared, kept: [second] })).toBe(0);
    await expect(layerSensitivity('first', { ...shared, kept: [second] })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('"x"') as string,
    });
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

  it('gives every machine the same number of samples', () => {
    const wide = (elements: number): Graph => ({
      ...tinyGraph,
      nodes: [],
      values: [{ name: 'x', shape: [elements], dtype: 'float32' }],
    });
    // 10 per number and layer-half: 6e10 / (10 · 1e6 · 60/2) = 200; and 384 MiB hold 100 of 4 MB.
    expect(samplesOfSensitivity(wide(1e6), 60)).toBe(100);
    expect(samplesThatFit(wide(1e6))).toBe(100);
    expect(samplesThatFit(wide(2e9))).toBe(1);
    expect(samplesOfSensitivity(tinyGraph, 2)).toBe(256);
    expect(samplesOfSensitivity(wide(4e6), 600)).toBe(8);
    expect(samplesOfSensitivity(wide(2e6), 60)).toBe(50);
    const prepared = (elements: number) => ({ graph: wide(elements) }) as never;
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
