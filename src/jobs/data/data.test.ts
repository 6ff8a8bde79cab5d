/** Opening samples in a worker: needs, trial, roles, and what is kept open. */
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../data/files/bytes';
import type { DataSource } from '../../data/samples';
import { createReferenceBackend } from '../../engine/reference';
import { writeNpz } from '../../testing/npz';
import {
  tinyContext,
  tinyGraph,
  tinyModel,
  tinyOpened,
  tinySamples,
  tinySource,
} from '../testing/tiny';
import { syntheticSource } from './defaults';
import { openData } from './openData';
import { preview } from './preview';
import { samplesOpener } from './samples';
import { tryOut } from './tryOut';

const backend = () => Promise.resolve(createReferenceBackend());
const count = 40;
const xs = Float32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? 100 + at : at));
const ys = Int32Array.from({ length: count }, () => 0);

function source(choices: DataSource['choices'] = {}): DataSource {
  const bytes = writeNpz({
    x: { shape: [count, 2], data: xs },
    y: { shape: [count], data: ys },
  });
  return {
    kind: 'files',
    name: 'd.npz',
    key: 'npz',
    files: [{ path: 'd.npz', bytes: memorySource(bytes) }],
    choices,
  };
}
const roles = { calibration: 10, evaluation: 5, seed: 1 };

describe('opened samples', () => {
  it('come with disjoint roles and with what the model needs', async () => {
    const open = samplesOpener(backend);
    const opened = await open({ source: source(), roles }, tinyModel);
    expect(opened.needs.inputs[0]!.name).toBe('x');
    const { training, calibration, selection, evaluation } = opened.roles;
    expect(calibration).toHaveLength(10);
    expect(evaluation).toHaveLength(5);
    expect(training.slice(0, 10)).toEqual(calibration);
    const all = [...training, ...selection, ...evaluation];
    expect([...all].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    expect((await opened.samples.read(3)).inputs[0]).toEqual(Float32Array.from([106, 7]));
  });

  it('stay open for the same arguments, and are opened anew for others or after a failure', async () => {
    const open = samplesOpener(backend);
    const first = await open({ source: source(), roles }, tinyModel);
    const again = await open({ source: source(), roles: { ...roles, seed: 2 } }, tinyModel);
    expect(again.samples).toBe(first.samples);
    expect(again.roles).not.toEqual(first.roles);
    const chosen = await open({ source: source({ range: 'none' }), roles }, tinyModel);
    expect(chosen.samples).not.toBe(first.samples);
    const bad = { ...source(), key: 'bad', files: [] };
    await expect(open({ source: bad, roles }, tinyModel)).rejects.toMatchObject({
      code: 'bad-data',
    });
    await expect(open({ source: bad, roles }, tinyModel)).rejects.toMatchObject({
      code: 'bad-data',
    });
    await open({ source: source(), roles }, tinyModel);
  });

  it('are all evaluated where nothing is calibrated', async () => {
    const open = samplesOpener(backend);
    const nothing = { calibration: 0, seed: 1 };
    const { samples, roles: all } = await open(
      { source: source({ range: 'none' }), roles: nothing },
      tinyModel,
    );
    const tried = samples.tried?.length ?? 0;
    expect(all.evaluation).toHaveLength(count - tried);
    expect(all.calibration).toEqual([]);
    const some = { ...nothing, evaluation: 7 };
    const part = await open({ source: source({ range: 'none' }), roles: some }, tinyModel);
    expect(part.roles.evaluation).toHaveLength(7);
    expect(part.roles.calibration).toHaveLength(1);
  });

  it('are opened without a trial for a model that cannot run', async () => {
    const broken = {
      ...tinyModel,
      optimized: {
        ...tinyGraph,
        nodes: [{ ...tinyGraph.nodes[0]!, op: 'UNSUPPORTED', attrs: { kind: 'X' } } as never],
      },
    };
    const never = () => Promise.reject(new Error('must not run'));
    const opened = await samplesOpener(never)({ source: source(), roles }, broken);
    expect(opened.samples.count).toBe(count);
  });
});

describe('a trial', () => {
  const { needs } = tinyOpened;
  const indices = [2, 3];
  const read = tinySamples.read;
  const halved = async (index: number) => {
    const sample = await read(index);
    // x₁ halved: A is of class 1 then (0.6 < 5), B too.
    return {
      ...sample,
      inputs: [Float32Array.from([sample.inputs[0]![0]! / 2, sample.inputs[0]![1]!])],
    };
  };

  it('says how often the float model is right with each candidate', async () => {
    const run = tryOut(backend, tinyGraph, needs);
    const candidates = [
      { value: 'as it is', read },
      { value: 'halved', read: halved },
    ];
    const found = await run(candidates, indices, tinySamples.targets, [[1, 2]]);
    expect(found.map(({ score }) => score)).toEqual([100, 0]);
    expect(found.map(({ losses }) => losses?.length)).toEqual([2, 2]);
  });

  it('turns an error round, so that more is better', async () => {
    const targets = [{ kind: 'numbers' as const, output: 0, size: 2 }];
    const labelled = async (index: number) => ({
      ...(await read(index)),
      targets: [Float32Array.from(index === 2 ? [20.2, 5] : [19.7, 18.55])],
    });
    const run = tryOut(backend, tinyGraph, needs);
    const [found] = await run([{ value: 'x', read: labelled }], indices, targets, [[1, 2]]);
    expect(found!.score).toBeCloseTo(-(1 + 0 + 0 + 1) / 4, 4);
  });

  it('gives its memory back, and says nothing where nothing is scored', async () => {
    let disposed = 0;
    const counting = async () => {
      const made = await backend();
      return {
        ...made,
        prepare: async (...args: Parameters<typeof made.prepare>) => {
          const executable = await made.prepare(...args);
          return {
            ...executable,
            dispose: () => {
              disposed++;
            },
          };
        },
      };
    };
    const run = tryOut(counting, tinyGraph, needs);
    await run([{ value: 'x', read }], indices, tinySamples.targets, [[1, 2]]);
    expect(disposed).toBe(1);
    const bare = tryOut(counting, tinyGraph, { ...needs, outputs: [] });
    expect(await bare([{ value: 'x', read }], indices, [], [[1, 2]])).toEqual([{ score: 0 }]);
  });
});

describe('the jobs', () => {
  it('report what was opened', async () => {
    const report = await openData({ model: tinyModel, samples: tinySource }, tinyContext());
    expect(report).toMatchObject({
      key: 'samples-key',
      name: 'four',
      description: 'four samples',
      count: 4,
      synthetic: false,
      targets: [{ kind: 'classes' }],
      checks: [{ id: 'range' }],
    });
    expect(report.parts).toBeUndefined();
    expect(report.roles.map(({ role, count: n }) => `${role} ${n}`)).toEqual([
      'calibration 2',
      'training 2',
      'selection 0',
      'evaluation 2',
    ]);
    const parts = { training: [0, 1, 2], evaluation: [3] };
    const opened = { ...tinyOpened, samples: { ...tinySamples, parts } };
    const openSamples = () => Promise.resolve(opened);
    const apart = await openData(
      { model: tinyModel, samples: tinySource },
      { ...tinyContext(), openSamples },
    );
    expect(apart.parts).toEqual({ training: 3, evaluation: 1 });
  });

  it('show single samples, until asked to stop', async () => {
    const args = { model: tinyModel, samples: tinySource, indices: [3, 0] };
    const previews = await preview(args, tinyContext());
    expect(previews.map(({ name }) => name)).toEqual(['sample 3', 'sample 0']);
    expect(await preview(args, { ...tinyContext(), stop: { stopped: true } })).toEqual([]);
  });

  it('make samples up by a seed', async () => {
    const made = syntheticSource(7);
    expect(made).toMatchObject({ kind: 'synthetic', seed: 7, count: 128 });
    expect(made.key).not.toBe(syntheticSource(8).key);
    const { samples } = await samplesOpener(backend)({ source: made, roles }, tinyModel);
    expect(samples.synthetic).toBe(true);
    expect(samples.count).toBe(128);
  });
});
