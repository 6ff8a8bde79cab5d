/** What the user does, with made-up jobs: opening, quantizing, comparing, cancelling, and what becomes stale. */
import { describe, expect, it } from 'vitest';
import { createFakeJobs } from '../testing/fakeJobs';
import { choose, clearData, openData, openEvaluationData, setRoles } from './actions/data';
import { evaluate } from './actions/evaluate';
import { cancel, dismiss, notify, report, stop } from './actions/jobs';
import { exportName, exportSize, samplesOfRun, stem, verify } from './actions/leave';
import { closeModel, openDropped, openModel, reopenModel } from './actions/open';
import { preview } from './actions/preview';
import { comparedSchemes } from '../quant/stockSchemes';
import { againLabel, resume } from './actions/again';
import { carryOut, compareAll, dismissInterrupted, quantize } from './actions/quantize';
import { adoptSettings, deleteRun, deleteRuns, selectRun, togglePin } from './actions/runs';
import { IntactError } from '../model/error';
import { stockRecipe } from '../quant/recipe';
import type { Step } from '../quant/types';
import { recipeOf } from './stores/recipe';
import { floatEntry, isAsItIs, nowOf, selectedEntry, staleness } from './stores/runs';
import { createStudio, type Studio } from './studio';

const file = (name: string, text = name) => new File([text], name);
const studioOf = (pace = 0) => createStudio(createFakeJobs(pace));
const now = (studio: Studio) =>
  nowOf(studio.model.getState(), studio.data.getState(), studio.recipe.getState());
const entries = (studio: Studio) => studio.runs.getState().entries;
const quantized = (studio: Studio) => entries(studio).filter((entry) => !isAsItIs(entry));
const running = (studio: Studio) => studio.job.getState().running;
/** The newest: one that is over stands there a moment longer. */
const quantizing = (studio: Studio) =>
  running(studio).findLast(({ title }) => /^(Quantizing|Training)/.test(title));
async function until(condition: () => boolean) {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((done) => setTimeout(done, 5));
  expect(condition()).toBe(true);
}
async function opened(pace = 0) {
  const studio = studioOf(pace);
  await openModel(studio, [file('net.keras')]);
  return studio;
}
const train: Step = {
  kind: 'train',
  seed: 5,
  options: {
    ...{ epochs: 2, batch: 16, loss: 'distill', optimizer: 'adam', learningRate: 1e-3 },
    ...{ augment: undefined, frozenNodes: [], ranges: 'fixed' },
  },
};

describe('opening', () => {
  it('routes a drop, waits with data for the model, and quantizes', async () => {
    const studio = studioOf();
    expect(await openData(studio, [file('digits.npz')])).toBe(true);
    expect(studio.data.getState().source?.name).toBe('digits.npz');
    expect(studio.data.getState().report).toBeUndefined();
    await openDropped(studio, [file('net.keras')]);
    expect(studio.model.getState().model?.name).toBe('net.keras');
    expect(studio.data.getState().report?.count).toBe(2500);
    const run = await quantize(studio);
    expect(run?.made.samples.synthetic).toBe(false);
    expect(quantized(studio).map(({ state }) => state)).toEqual(['finished']);
    expect(studio.runs.getState().selected).toBe(run?.id);
  });

  it('names a set by its file, or by the folder that it came in', async () => {
    const studio = await opened();
    const inFolder = (path: string) =>
      Object.defineProperty(file(path), 'webkitRelativePath', { value: path });
    await openData(studio, [inFolder('digits/0/a.png'), inFolder('digits/1/b.png')]);
    expect(studio.data.getState().source?.name).toBe('digits');
    await openDropped(studio, [file('x.npz')]);
    expect(studio.data.getState().source?.name).toBe('x.npz');
    expect(await openData(studio, [])).toBe(false);
    expect(await openModel(studio, [])).toBe(false);
  });

  it('stands synthetic samples in for data', async () => {
    const studio = await opened();
    expect((await quantize(studio))?.made.samples.synthetic).toBe(true);
    expect(studio.data.getState().source?.kind).toBe('synthetic');
  });

  it('shows a refusal as a sentence and keeps everything else', async () => {
    const studio = await opened();
    await quantize(studio);
    expect(await openModel(studio, [file('bad.pt')])).toBe(false);
    const [notice] = studio.job.getState().notices;
    expect(notice?.title).toBe('The model was not opened');
    expect(notice?.message).toContain('PyTorch');
    expect(studio.model.getState().model?.name).toBe('net.keras');
    expect(quantized(studio)).toHaveLength(1);
    dismiss(studio, notice!.id);
    expect(studio.job.getState().notices).toEqual([]);
  });

  it('says that a drop was empty', async () => {
    const studio = studioOf();
    await openDropped(studio, []);
    expect(studio.job.getState().notices.map(({ title }) => title)).toEqual([
      'Nothing was dropped',
    ]);
  });

  it('keeps data over another model, read anew for it', async () => {
    const studio = await opened();
    await openData(studio, [file('digits.npz')]);
    const { source, report: first } = studio.data.getState();
    await openModel(studio, [file('other.keras')]);
    expect(studio.data.getState().source).toBe(source);
    expect(studio.data.getState().report).not.toBe(first);
    expect(studio.data.getState().report?.count).toBe(2500);
  });

  it('closes to the empty page, keeps the runs, and opens a model again from what is here', async () => {
    const studio = await opened();
    const { key } = studio.model.getState().model!;
    const run = await quantize(studio);
    studio.view.setState({ layer: 'a' });
    studio.recipe.setState({ overrides: { a: 'float' } });
    closeModel(studio);
    expect(studio.model.getState().model).toBeUndefined();
    expect(studio.data.getState().source).toBeUndefined();
    expect(studio.view.getState().layer).toBeUndefined();
    expect(studio.recipe.getState().overrides).toEqual({});
    expect(studio.runs.getState().selected).toBeUndefined();
    expect(quantized(studio)).toHaveLength(1);
    expect(await reopenModel(studio, key)).toBe(true);
    expect(studio.model.getState().model?.key).toBe(key);
    expect(studio.runs.getState().selected).toBe(run?.id);
    expect(await reopenModel(studio, 'unknown')).toBe(false);
    expect(studio.job.getState().notices.at(-1)?.title).toBe('The model is not here');
  });

  it('cancels the making of a run when another model is opened', async () => {
    const studio = await opened(4);
    const chain = compareAll(studio);
    await until(() => quantized(studio).length === 1);
    await openModel(studio, [file('other.keras')]);
    await chain;
    expect(quantized(studio).map(({ state }) => state)).toEqual(['stopped']);
    expect(studio.model.getState().model?.name).toBe('other.keras');
    expect(studio.job.getState().notices).toEqual([]);
  });
});

describe('samples', () => {
  it('are read again with a choice, and back without it', async () => {
    const studio = await opened();
    await openData(studio, [file('digits.npz')], { resize: 'stretch' });
    const range = () => studio.data.getState().report?.checks.find(({ id }) => id === 'range');
    expect(range()?.status).toBe('proven');
    const changing = choose(studio, 'range', 'raw-255');
    expect(studio.data.getState().reading).toBe(true);
    expect(now(studio).samplesKeys).toEqual([]);
    expect(await changing).toBe(true);
    expect(studio.data.getState().reading).toBe(false);
    expect(range()).toMatchObject({ status: 'chosen', value: 'raw-255' });
    expect(studio.data.getState().source?.choices).toEqual({ resize: 'stretch', range: 'raw-255' });
    await choose(studio, 'range', undefined);
    expect(range()?.status).toBe('proven');
    expect(studio.data.getState().source?.choices).toEqual({ resize: 'stretch' });
  });

  it('are read once for several quick changes, as the last says', async () => {
    const studio = await opened();
    await openData(studio, [file('digits.npz')]);
    let reads = 0;
    const { start } = studio.jobs;
    const counting: Studio = {
      ...studio,
      jobs: {
        ...studio.jobs,
        start: ((name, args, events) => {
          if (name === 'openData') reads++;
          return start(name, args, events);
        }) as typeof start,
      },
    };
    await Promise.all([1, 2, 30].map((calibration) => setRoles(counting, { calibration })));
    expect(reads).toBe(1);
    expect(studio.data.getState().roles.calibration).toBe(30);
    const role = studio.data.getState().report?.roles.find((one) => one.role === 'calibration');
    expect(role?.count).toBe(30);
  });

  it('that are synthetic are drawn anew by another seed', async () => {
    const studio = await opened();
    await quantize(studio);
    const before = studio.data.getState().source?.key;
    await setRoles(studio, { seed: 9 });
    expect(studio.data.getState().source).toMatchObject({ kind: 'synthetic', seed: 9 });
    expect(studio.data.getState().source?.key).not.toBe(before);
    expect(staleness(quantized(studio)[0]!, now(studio)).data).toBe(true);
  });

  it('for evaluation alone stand beside the others', async () => {
    const studio = await opened();
    expect(await openEvaluationData(studio, [file('test.npz')])).toBe(false);
    expect(studio.job.getState().notices.at(-1)?.title).toBe('Not taken for evaluation');
    await openData(studio, [file('train.npz')]);
    const alone = studio.data.getState().source;
    expect(await openEvaluationData(studio, [file('test.npz')])).toBe(true);
    const { source } = studio.data.getState();
    expect(source).toMatchObject({
      files: [{ path: 'train.npz' }],
      evaluation: [{ path: 'test.npz' }],
    });
    expect(source?.key).not.toBe(alone?.key);
  });

  it('are previewed where they are loaded', async () => {
    const studio = await opened();
    expect(await preview(studio, [0, 3])).toBeUndefined();
    await openData(studio, [file('digits.npz')]);
    expect((await preview(studio, [0, 3]))?.map(({ name }) => name)).toEqual(['row 0', 'row 3']);
    clearData(studio);
    expect(await preview(studio, [0])).toBeUndefined();
  });
});

describe('runs', () => {
  it('stand beside the float model, which was measured with them', async () => {
    const studio = await opened();
    const run = await quantize(studio);
    const float = floatEntry(entries(studio), run!)!;
    expect(entries(studio).indexOf(float)).toBe(0);
    expect(float.run.made.recipe).toBeUndefined();
    expect(float.run.made.createdAt).toBeLessThan(run!.made.createdAt);
    expect(float.run.figures.whole).toEqual(run?.figures.float);
    expect(float.run.made.converted).toBe(float.run.made.graph);
    for (const layer of float.run.made.layers) {
      expect(layer.scheme).toBe('float32');
      expect(layer.bytesQuantized).toBe(layer.bytesFloat);
    }
    await quantize(studio);
    expect(entries(studio).filter(isAsItIs)).toEqual([float]);
    await setRoles(studio, { seed: 3 });
    await quantize(studio);
    expect(entries(studio).filter(isAsItIs)).toHaveLength(2);
  });

  it('of the model as it is take the place of the derived one', async () => {
    const studio = await opened();
    const run = await quantize(studio);
    togglePin(studio, floatEntry(entries(studio), run!)!.run.id);
    const evaluated = await evaluate(studio);
    const floats = entries(studio).filter(isAsItIs);
    expect(floats.map((entry) => entry.run.id)).toEqual([evaluated?.id]);
    expect(floats[0]?.pinned).toBe(true);
    expect(studio.runs.getState().selected).toBe(run?.id);
  });

  it('come in one after the other under one recipe, and the first stays selected', async () => {
    const studio = await opened();
    await compareAll(studio);
    const { selected } = studio.runs.getState();
    const made = quantized(studio);
    expect(made.map(({ run }) => run.made.recipe?.scheme)).toEqual([
      'int8',
      'int8-per-tensor',
      'int4',
      'dynamic',
      'float16',
    ]);
    expect(selected).toBe(made[0]?.run.id);
    deleteRun(studio, selected!);
    expect(studio.runs.getState().selected).toBe(made[4]?.run.id);
    selectRun(studio, made[1]!.run.id);
    deleteRuns(studio, [made[2]!.run.id, made[3]!.run.id, made[4]!.run.id]);
    expect(quantized(studio).map(({ run }) => run.id)).toEqual([made[1]?.run.id]);
    expect(selectedEntry(studio.runs.getState())).toBe(quantized(studio)[0]);
  });

  it('of a cancelled chain end with it, keep what is there, and work goes on', async () => {
    const studio = await opened(4);
    const chain = compareAll(studio);
    await until(() => quantized(studio).length === 1);
    cancel(studio);
    await chain;
    expect(quantized(studio).map(({ state }) => state)).toEqual(['stopped']);
    expect(studio.job.getState().notices).toEqual([]);
    expect(studio.job.getState().work).toBeUndefined();
    await until(() => running(studio).length === 0);
    expect(await quantize(studio)).toBeDefined();
    expect(quantized(studio)).toHaveLength(2);
  });

  it('are cancelled one by one while another job goes on', async () => {
    const studio = await opened(4);
    await openData(studio, [file('digits.npz')]);
    const first = await quantize(studio);
    const making = quantize(studio);
    await until(() => quantized(studio).length === 2);
    const verifying = verify(studio, { run: first! });
    await until(() => running(studio).length >= 2);
    const job = quantizing(studio)!;
    expect(job).toMatchObject({ lane: 'long', stoppable: false, waiting: false });
    cancel(studio, job.id);
    expect(await making).toBeUndefined();
    await verifying;
    expect(quantized(studio)[0]?.verification?.runtime).toBe('LiteRT.js 2.5.3');
    expect(quantized(studio)[1]?.state).toBe('stopped');
  });

  it('that are stopped keep what they have, and end their chain', async () => {
    const studio = await opened(4);
    const recipe = { ...stockRecipe('int8'), steps: [train] };
    const making = carryOut(studio, recipe);
    await until(() => quantized(studio).length === 1);
    const job = quantizing(studio);
    expect(job?.stoppable).toBe(true);
    stop(studio, job!.id);
    const run = await making;
    expect(run?.pending.length).toBeGreaterThan(0);
    expect(quantized(studio).map(({ state }) => state)).toEqual(['stopped']);
    // Trained weights are not the model as it is.
    expect(entries(studio).filter(isAsItIs)).toEqual([]);
  });

  it('pin and unpin, and a pin outlives their growth', async () => {
    const studio = await opened(2);
    const making = quantize(studio);
    await until(() => quantized(studio).length === 1);
    const { id } = quantized(studio)[0]!.run;
    deleteRun(studio, id);
    expect(quantized(studio)).toHaveLength(1);
    togglePin(studio, id);
    await making;
    expect(quantized(studio)[0]).toMatchObject({ pinned: true, state: 'finished' });
    togglePin(studio, id);
    expect(quantized(studio)[0]?.pinned).toBe(false);
  });

  it('are stale when data, recipe or model change', async () => {
    const studio = await opened();
    await openData(studio, [file('digits.npz')]);
    await quantize(studio);
    const entry = quantized(studio)[0]!;
    const fresh = { model: false, data: false, recipe: false };
    expect(staleness(entry, now(studio))).toEqual(fresh);
    studio.recipe.setState({ scheme: 'float16' });
    expect(staleness(entry, now(studio))).toEqual(fresh);
    studio.recipe.setState({ overrides: { a: 'float' } });
    expect(staleness(entry, now(studio))).toEqual({ ...fresh, recipe: true });
    studio.recipe.setState({ overrides: {}, target: 'tflite-2021' });
    expect(staleness(entry, now(studio))).toEqual({ ...fresh, recipe: true });
    adoptSettings(studio, entry);
    await setRoles(studio, { seed: 7 });
    expect(staleness(entry, now(studio))).toEqual({ ...fresh, data: true });
    await setRoles(studio, { seed: 1 });
    await choose(studio, 'range', 'raw-255');
    expect(staleness(entry, now(studio))).toEqual({ ...fresh, data: true });
    await openModel(studio, [file('other.keras')]);
    expect(staleness(entry, now(studio))).toEqual({ ...fresh, model: true });
    expect(studio.runs.getState().selected).toBeUndefined();
    await openModel(studio, [file('net.keras')]);
    expect(staleness(entry, now(studio)).model).toBe(false);
    expect(studio.runs.getState().selected).toBe(entry.run.id);
    const float = entries(studio).find(isAsItIs)!;
    studio.recipe.setState({ overrides: { a: 'float' } });
    expect(staleness(float, now(studio)).recipe).toBe(false);
    const foreign = { ...entry.run.made.recipe!, scheme: 'custom' as const };
    const custom = { run: { ...entry.run, made: { ...entry.run.made, recipe: foreign } } };
    expect(staleness(custom, now(studio)).recipe).toBe(true);
  });

  it('refuse what the observer refuses', async () => {
    const studio = await opened();
    studio.recipe.setState({ calibration: { method: 'percentile', percentile: 50 } });
    expect(await quantize(studio)).toBeUndefined();
    const [notice] = studio.job.getState().notices;
    expect(notice?.title).toBe('Not quantized');
    expect(notice?.message).toContain('50');
    expect(entries(studio)).toEqual([]);
    studio.recipe.setState({ scheme: 'float16' });
    expect(await quantize(studio)).toBeDefined();
  });

  it('refuse a model that cannot run', async () => {
    const studio = await opened();
    studio.model.setState(({ model }) => ({
      model: { ...model!, summary: { ...model!.summary, unsupported: ['Lambda'] } },
    }));
    expect(await quantize(studio)).toBeUndefined();
    expect(studio.job.getState().notices[0]?.message).toContain('Intact cannot compute Lambda');
  });

  it('give their settings back to the panel, or say why not', async () => {
    const studio = await opened();
    const settings = {
      ...studio.recipe.getState(),
      overrides: { 'a.b': 'int8', c: 'float' } as const,
      calibration: { method: 'percentile', percentile: 99.9 } as const,
      io: 'int8' as const,
    };
    await quantize(studio, settings);
    expect(adoptSettings(studio, quantized(studio)[0]!)).toBe(true);
    expect(studio.recipe.getState()).toEqual(settings);
    const recipe = recipeOf(settings);
    const foreign = { ...recipe, rules: recipe.rules.slice(1) };
    await carryOut(studio, foreign);
    expect(adoptSettings(studio, quantized(studio)[1]!)).toBe(false);
    expect(studio.recipe.getState()).toEqual(settings);
    expect(adoptSettings(studio, entries(studio).find(isAsItIs)!)).toBe(false);
    expect(studio.job.getState().notices).toHaveLength(2);
  });

  it('that a reload broke off are made again, or put away', async () => {
    const studio = await opened(2);
    const making = quantize(studio);
    await until(() => running(studio).some(({ title }) => title.startsWith('Quantizing')));
    const work = studio.job.getState().work!;
    expect(work.modelKey).toBe(studio.model.getState().model?.key);
    expect(work.recipes).toEqual([recipeOf(studio.recipe.getState())]);
    await making;
    expect(studio.job.getState().work).toBeUndefined();
    studio.job.setState({ interrupted: work });
    await resume(studio);
    expect(studio.job.getState().interrupted).toBeUndefined();
    expect(quantized(studio)).toHaveLength(2);
    studio.job.setState({ interrupted: work });
    dismissInterrupted(studio);
    expect(studio.job.getState().interrupted).toBeUndefined();
  });

  it('that a reload broke off are offered with all that waited, whatever kind of job it was', async () => {
    const studio = await opened(2);
    const chain = compareAll(studio);
    await until(() => running(studio).some(({ title }) => title.startsWith('Quantizing')));
    expect(studio.job.getState().work!.recipes.map(({ name }) => name)).toEqual(comparedSchemes);
    await chain;
    expect(studio.job.getState().work).toBeUndefined();

    const evaluating = evaluate(studio);
    await until(() => studio.job.getState().work !== undefined);
    const work = studio.job.getState().work!;
    expect(work).toMatchObject({ recipes: [], others: [{ job: 'evaluate' }] });
    await evaluating;
    expect(studio.job.getState().work).toBeUndefined();
    const [entry] = entries(studio);
    const gone = { job: 'sensitivity', run: 'gone' } as const;
    expect(againLabel(studio, { ...gone, run: entry!.run.id })).toBeDefined();
    expect(againLabel(studio, gone)).toBeUndefined();
    const before = entries(studio).find(isAsItIs)?.run.id;
    studio.job.setState({ interrupted: { ...work, others: [...work.others!, gone] } });
    await resume(studio);
    expect(entries(studio).find(isAsItIs)?.run.id).not.toBe(before);
  });
});

describe('leaving', () => {
  it('needs the run alone to export', async () => {
    const studio = await opened();
    const run = (await quantize(studio))!;
    closeModel(studio);
    studio.model.setState({ library: {} });
    expect(await exportSize(studio, { run }, 'float32')).toBe(1000);
    expect(exportName({ run })).toBe('net-int8.tflite');
    expect(exportName(entries(studio).find(isAsItIs)!)).toBe('net-float32.tflite');
    expect(stem('my net (1).h5')).toBe('my-net-1');
    expect(stem('.h5')).toBe('model');
  });

  it('verifies on the samples of the run, found by their key', async () => {
    const studio = await opened();
    await openData(studio, [file('digits.npz')]);
    const run = (await quantize(studio))!;
    const made = samplesOfRun(studio, run);
    await openData(studio, [file('other.npz')]);
    expect(samplesOfRun(studio, run)).toEqual(made);
    await verify(studio, { run });
    expect(quantized(studio)[0]?.verification).toMatchObject({ samples: 2000, identical: 2000 });
    studio.data.setState({ known: {} });
    await verify(studio, { run });
    const [notice] = studio.job.getState().notices;
    expect(notice?.title).toBe('Not verified');
    expect(notice?.message).toContain('no longer here');
  });
});

describe('notices', () => {
  it('say each thing once and the last four', () => {
    const studio = studioOf();
    for (const message of ['a', 'b', 'c', 'a', 'd', 'e'])
      notify(studio, { severity: 'info', title: 't', message });
    const { notices } = studio.job.getState();
    expect(notices.map(({ message }) => message)).toEqual(['c', 'a', 'd', 'e']);
    expect(new Set(notices.map(({ id }) => id)).size).toBe(4);
  });

  it('carry the list of an error, and none comes of a cancellation', () => {
    const studio = studioOf();
    report(studio, 'Failed', new IntactError('unsupported', 'No.', { list: ['x', 1] }));
    report(studio, 'Failed', new IntactError('cancelled', 'Cancelled.'));
    report(studio, 'Broke', new Error('why'));
    expect(studio.job.getState().notices).toMatchObject([
      { title: 'Failed', message: 'No.', list: ['x', '1'], severity: 'error' },
      {
        title: 'Broke',
        message: expect.not.stringContaining('why') as string,
        list: ['Error: why'],
      },
    ]);
  });
});
