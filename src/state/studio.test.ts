import { describe, expect, it } from 'vitest';
import { createFakeJobs } from '../ui/testing/fakeJobs';
import { cancel, dismiss } from './actions/jobs';
import { openData, openDropped, openModel } from './actions/open';
import { compareAll, deleteRun, quantize } from './actions/quantize';
import { samplesKey } from './data';
import { staleness } from './runs';
import { createStudio, type Studio } from './studio';

const file = (name: string, text = name) => new File([text], name);
const studioOf = (pace = 0) => createStudio(createFakeJobs(pace));
const now = (studio: Studio) => ({
  modelKey: studio.model.getState().key,
  samplesKey: samplesKey(studio.data.getState()),
  settings: studio.recipe.getState(),
});
async function until(condition: () => boolean) {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((done) => setTimeout(done, 5));
  expect(condition()).toBe(true);
}

describe('studio', () => {
  it('routes a drop, waits with data for the model, and quantizes', async () => {
    const studio = studioOf();
    await openData(studio, [file('digits.npz')]);
    expect(studio.data.getState().dataset).toBeUndefined();
    await openDropped(studio, [file('net.keras')]);
    expect(studio.model.getState().model?.name).toBe('net.keras');
    expect(studio.data.getState().dataset?.count).toBe(2000);
    const run = await quantize(studio);
    expect(run?.samples.synthetic).toBe(false);
    expect(studio.runs.getState().entries.map(({ state }) => state)).toEqual(['finished']);
    expect(studio.runs.getState().selected).toBe(run?.id);
  });

  it('stands synthetic samples in for data', async () => {
    const studio = studioOf();
    await openModel(studio, [file('net.keras')]);
    expect((await quantize(studio))?.samples.synthetic).toBe(true);
    expect(studio.data.getState().dataset?.synthetic).toBe(true);
  });

  it('shows a refusal as a sentence and keeps everything else', async () => {
    const studio = studioOf();
    await openModel(studio, [file('net.keras')]);
    await quantize(studio);
    expect(await openModel(studio, [file('bad.pt')])).toBe(false);
    const [notice] = studio.job.getState().notices;
    expect(notice?.message).toContain('PyTorch');
    expect(studio.model.getState().model?.name).toBe('net.keras');
    expect(studio.runs.getState().entries).toHaveLength(1);
    dismiss(studio, notice!.id);
    expect(studio.job.getState().notices).toEqual([]);
  });

  it('cancels a chain, keeps what is there, and works on', async () => {
    const studio = studioOf(4);
    await openModel(studio, [file('net.keras')]);
    const chain = compareAll(studio);
    await until(() => studio.runs.getState().entries.length === 1);
    cancel(studio);
    await chain;
    expect(studio.runs.getState().entries.map(({ state }) => state)).toEqual(['stopped']);
    expect(studio.job.getState().notices).toEqual([]);
    await until(() => studio.job.getState().running === undefined);
    expect(await quantize(studio)).toBeDefined();
    expect(studio.runs.getState().entries).toHaveLength(2);
  });

  it('compares all schemes under one recipe and stays on the first', async () => {
    const studio = studioOf();
    await openModel(studio, [file('net.keras')]);
    await compareAll(studio);
    const { entries, selected } = studio.runs.getState();
    expect(entries.map(({ settings }) => settings.scheme)).toEqual([
      'int8',
      'int8-per-tensor',
      'int4',
      'dynamic',
      'float16',
    ]);
    expect(selected).toBe(entries[0]?.run.id);
    deleteRun(studio, selected!);
    expect(studio.runs.getState().selected).toBe(entries[4]?.run.id);
  });

  it('marks runs stale when data, recipe or model change', async () => {
    const studio = studioOf();
    await openModel(studio, [file('net.keras')]);
    await quantize(studio);
    const entry = studio.runs.getState().entries[0]!;
    const fresh = { model: false, data: false, recipe: false };
    expect(staleness(entry, now(studio))).toEqual(fresh);
    studio.recipe.setState({ scheme: 'float16' });
    expect(staleness(entry, now(studio))).toEqual(fresh);
    studio.recipe.setState({ overrides: { a: 'float' } });
    expect(staleness(entry, now(studio))).toEqual({ ...fresh, recipe: true });
    studio.recipe.setState({ overrides: {} });
    studio.data.setState({ seed: 7 });
    expect(staleness(entry, now(studio))).toEqual({ ...fresh, data: true });
    studio.data.setState({ seed: 1 });
    await openModel(studio, [file('net.keras', 'other bytes')]);
    expect(staleness(entry, now(studio)).model).toBe(true);
    expect(studio.runs.getState().selected).toBeUndefined();
    await openModel(studio, [file('net.keras')]);
    expect(staleness(entry, now(studio)).model).toBe(false);
    expect(studio.runs.getState().selected).toBe(entry.run.id);
  });
});
