/** A session that was stored by an earlier page opens with this one: runs, models, samples, settings, pins. */
import 'fake-indexeddb/auto';
import { targetOf } from '../../../quant/targets';
import { unzipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { createFakeJobs } from '../../../testing/fakeJobs';
import { recipeOf } from '../../stores/recipe';
import { isAsItIs, nowOf, sameGround, staleness } from '../../stores/runs';
import { createStudio, type Studio } from '../../studio';
import { openDatabase } from '../database';
import { persist, type Persistence } from '..';
import { putFixture, readFixture } from '../testing/fixture';

const v1 = readFixture('session-v1.json.gz');
const dense = '14ade37b3635044330ba357d8521f5e8b87e3daa1bbfe955a637c69aa1e6cb26';
const mobilenet = '360f911c12423b3a261258b6940c9fa3bdb6b95943d6f888074de070354d210b';
const ids = ['mwy98apa-zdc2zy', 'mwy98c84-068br2', 'mwy98cs7-eo51i6', 'mwy98dat-v1sl3s'];

let opened: Persistence | undefined;
afterEach(() => {
  opened?.close();
});

async function open(name: string) {
  const studio = createStudio(createFakeJobs(0));
  opened = await persist(studio, name);
  return studio;
}
const quantized = (studio: Studio) =>
  studio.runs.getState().entries.filter((entry) => !isAsItIs(entry));
type Record = {
  run: {
    layers: { id: string; accumulated: { sqnr: number } }[];
    score: { value: number };
    graph: unknown;
    stats?: unknown;
    createdAt: number;
  };
};
const stored = (index: number) => v1.stores['runs']![index]![1] as Record;

describe('a session of version 1', () => {
  it('opens with every run, pin and figure', async () => {
    await putFixture('whole', v1);
    const studio = await open('whole');
    const { selected } = studio.runs.getState();
    const entries = quantized(studio);
    expect(studio.job.getState().notices).toEqual([]);
    expect(entries.map(({ run }) => run.id)).toEqual(ids);
    expect(entries.map(({ pinned }) => pinned)).toEqual([false, true, false, false]);
    expect(entries.map(({ state }) => state)).toEqual(Array(4).fill('finished'));
    expect(entries.map(({ stored }) => stored)).toEqual(Array(4).fill(true));
    expect(selected).toBe('mwy98dat-v1sl3s');
    expect(entries.map(({ run }) => run.figures.whole.scores[0]?.value)).toEqual([22, 76, 76, 76]);
    expect(entries.map(({ run }) => run.made.subject.name)).toEqual([
      'mobilenet-small',
      'dense-small',
      'dense-small',
      'dense-small',
    ]);
    for (const [index, { run }] of entries.entries()) {
      const former = stored(index).run;
      // Version 1 knew one runtime, which requantizes these per channel in fixed point.
      const { rounding, ...converted } = run.made.converted;
      expect(converted).toEqual(former.graph);
      expect(rounding).toEqual(targetOf('tflite-2021').rounding.perChannel);
      expect(run.made.stats).toEqual(former.stats);
      expect(run.made.createdAt).toBe(former.createdAt);
      for (const { id, accumulated } of former.layers)
        expect(run.figures.layers[id]?.accumulated).toEqual(accumulated);
    }
    expect(entries[0]!.run.made.layers[0]?.why).toEqual({
      code: 'recorded',
      params: { text: 'int8, per-channel weights, by rule 1 (.* × *)' },
    });
    expect(entries[0]!.run.made.recipe?.target).toBe('tflite-2021');
    expect(entries[0]!.run.made.recipe).not.toHaveProperty('seed');
  });

  it('opens with the float model beside its runs', async () => {
    await putFixture('float', v1);
    const studio = await open('float');
    const floats = studio.runs.getState().entries.filter(isAsItIs);
    expect(floats.map(({ run }) => run.made.subject.name).sort()).toEqual([
      'dense-small',
      'mobilenet-small',
    ]);
    expect(floats.map(({ run }) => run.figures.whole.scores[0]?.value).sort()).toEqual([20, 76]);
    expect(studio.runs.getState().entries.map(isAsItIs)).toEqual([
      ...[true, false],
      ...[true, false, false, false],
    ]);
    for (const float of floats) {
      const { run } = quantized(studio).find((entry) => sameGround(entry.run, float.run))!;
      expect(float.run.made.graph).toEqual(run.made.graph);
    }
  });

  it('has its samples read as soon as it is open, with the numbers that it had', async () => {
    await putFixture('read', v1);
    const studio = await open('read');
    for (let i = 0; i < 100 && !studio.data.getState().report; i++)
      await new Promise((done) => setTimeout(done, 5));
    const { report, roles } = studio.data.getState();
    expect(roles).toEqual({ calibration: 30, evaluation: 50, seed: 1 });
    expect(report?.roles.find(({ role }) => role === 'evaluation')?.count).toBe(50);
    const now = nowOf(studio.model.getState(), studio.data.getState(), studio.recipe.getState());
    expect(quantized(studio).map((entry) => staleness(entry, now).data)).toEqual(
      Array(4).fill(false),
    );
  });

  it('opens with the models, each run on the float graph of its own', async () => {
    await putFixture('models', v1);
    const studio = await open('models');
    const { model, library } = studio.model.getState();
    expect(model?.key).toBe(dense);
    expect(Object.keys(library).sort()).toEqual([dense, mobilenet]);
    for (const [key, value] of v1.stores['models']!)
      expect(library[key]).toEqual({ ...(value as object), key });
    for (const { run } of quantized(studio))
      expect(run.made.graph).toEqual(library[run.made.subject.key]?.optimized);
  });

  it('opens with the samples as a file that holds the same numbers', async () => {
    await putFixture('samples', v1);
    const studio = await open('samples');
    const { source, roles } = studio.data.getState();
    expect(roles).toEqual({ calibration: 30, evaluation: 50, seed: 1 });
    if (source?.kind !== 'files') throw new Error('no files');
    expect(source.choices).toEqual({ range: 'zero-one' });
    expect(source.files.map(({ path }) => path)).toEqual(['digits.npz']);
    const zip = unzipSync(new Uint8Array(await source.files[0]!.bytes.arrayBuffer()));
    expect(Object.keys(zip)).toEqual(['x_train.npy', 'y_train.npy', 'x_test.npy', 'y_test.npy']);
    const former = v1.stores['datasets']![0]![1] as { samples: Uint8Array; labels: Int32Array };
    const [x, y] = [zip['x_test.npy']!, zip['y_test.npy']!];
    expect(x.subarray(-50 * 784)).toEqual(former.samples.subarray(30 * 784));
    expect(new TextDecoder('latin1').decode(x.subarray(0, 128))).toContain(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (50, 28, 28), }",
    );
    expect(new Int32Array(y.slice(-200).buffer)).toEqual(former.labels.subarray(30));
  });

  it('opens with the settings, and nothing reads as stale that was not', async () => {
    await putFixture('settings', v1);
    const studio = await open('settings');
    expect(studio.recipe.getState()).toEqual({
      scheme: 'dynamic',
      target: 'tflite-2021',
      calibration: { method: 'percentile', percentile: 99.99 },
      io: 'float32',
      overrides: { dense: 'float' },
      steps: [],
    });
    const entries = quantized(studio);
    expect(recipeOf(studio.recipe.getState()).rules).toEqual(entries[3]!.run.made.recipe?.rules);
    const now = nowOf(
      studio.model.getState(),
      { ...studio.data.getState(), report: { key: 'read anew', roles: [] } as never },
      studio.recipe.getState(),
    );
    expect(entries.map((entry) => staleness(entry, now))).toEqual([
      { model: true, data: false, recipe: false },
      { model: false, data: false, recipe: true },
      { model: false, data: false, recipe: false },
      { model: false, data: false, recipe: false },
    ]);
  });

  it('opens again the same once it was migrated', async () => {
    await putFixture('twice', v1);
    const first = await open('twice');
    await opened?.flush();
    opened?.close();
    const second = await open('twice');
    expect(second.runs.getState()).toEqual(first.runs.getState());
    expect(second.model.getState()).toEqual(first.model.getState());
    expect(second.recipe.getState()).toEqual(first.recipe.getState());
    expect(Object.keys(second.data.getState().known)).toEqual(
      Object.keys(first.data.getState().known),
    );
    opened?.close();
    const db = await openDatabase('twice');
    expect(await db.count('former')).toBe(0);
    expect(await db.count('aside')).toBe(0);
    db.close();
  });

  it('sets a damaged run aside with its name, and opens the others', async () => {
    const runs = v1.stores['runs']!.map(
      ([key, value], index) =>
        [key, index === 1 ? { ...(value as object), run: { id: key } } : value] as const,
    );
    await putFixture('damaged', { ...v1, stores: { ...v1.stores, runs } });
    const studio = await open('damaged');
    expect(quantized(studio).map(({ run }) => run.id)).toEqual([ids[0], ids[2], ids[3]]);
    const [notice] = studio.job.getState().notices;
    expect(notice?.list).toEqual([
      'run mwy98c84-068br2: It is damaged: run.createdAt is not what it should be.',
    ]);
    expect(studio.storage.getState().aside).toHaveLength(1);
    opened?.close();
    const db = await openDatabase('damaged');
    expect((await db.getAll('aside'))[0]?.value).toEqual(runs[1]![1]);
    db.close();
  });
});
