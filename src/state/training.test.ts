/** What becomes of a training's checkpoints: kept one at a time, gone with the training that is given up. */
import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import type { TrainingCheckpoint } from '../jobs/train/types';
import { createFakeJobs } from '../testing/fakeJobs';
import { goOn } from './actions/train';
import { discardBrokenOff, findBrokenOff, trainingRecipe, watchTraining } from './actions/training';
import { stockRecipe } from '../quant/recipe';
import { trainSteps } from '../quant/stepWords';
import { openCheckpoints } from './storage/checkpoints';
import { createStudio } from './studio';

const checkpoint = (step: number): TrainingCheckpoint => ({
  ...{ kind: 'checkpoint', position: 0, best: false, points: [], step, steps: 100 },
  state: {} as TrainingCheckpoint['state'],
});
const studioOf = () => createStudio(createFakeJobs(0));
const watching = { job: () => 1, modelKey: 'model', recipe: stockRecipe('int8') };

describe('the recipe of a training', () => {
  it('carries the settings, and nothing that was left open', () => {
    const studio = studioOf();
    expect(trainingRecipe(studio, false).steps).toEqual([
      { kind: 'train', seed: 1, options: { augment: { shift: 2, flip: false } } },
    ]);
    studio.training.setState(({ settings }) => ({
      settings: {
        ...settings,
        ...{ epochs: 4, samples: 100, batch: 16, microBatch: 2, learningRate: 0.01 },
        ...{ loss: 'labels', optimizer: 'adam', ranges: 'fixed', seed: 9 },
        ...{ augment: false, mirror: true, frozen: ['of another model'] },
      },
    }));
    const recipe = trainingRecipe(studio, true);
    expect(recipe.name).toMatch(/, float trained \(control\)$/);
    expect(recipe.steps).toEqual([
      {
        ...{ kind: 'train', seed: 9, samples: 100, control: true },
        options: {
          ...{ epochs: 4, batch: 16, microBatch: 2, learningRate: 0.01 },
          ...{ loss: 'labels', optimizer: 'adam', ranges: 'fixed' },
          augment: { shift: 0, flip: true },
        },
      },
    ]);
  });

  it('moves no image where neither is allowed', () => {
    const studio = studioOf();
    studio.training.setState(({ settings }) => ({ settings: { ...settings, augment: false } }));
    expect(trainSteps(trainingRecipe(studio, false))[0]!.options).toEqual({});
  });
});

describe('checkpoints of a training', () => {
  it('offer what was kept last, in a page that comes after', async () => {
    const watch = watchTraining(studioOf(), watching);
    for (const step of [10, 20, 30]) watch.hear(checkpoint(step));
    await expect.poll(async () => (await (await openCheckpoints()).newest())?.step).toBe(30);
    watch.broken('cancelled');
    const later = studioOf();
    await findBrokenOff(later);
    expect(later.training.getState().brokenOff).toMatchObject({ step: 30, steps: 100 });
    await discardBrokenOff(later);
  });

  it('are gone for good once it is given up, also those that were being written', async () => {
    const studio = studioOf();
    const watch = watchTraining(studio, watching);
    for (const step of [10, 20]) watch.hear(checkpoint(step));
    watch.broken('cancelled');
    expect(studio.training.getState().brokenOff).toMatchObject({ step: 20, ended: 'cancelled' });
    await discardBrokenOff(studio);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await (await openCheckpoints()).newest()).toBeUndefined();
  });

  it('are none before the first: it is said that nothing is kept', () => {
    const studio = studioOf();
    watchTraining(studio, { ...watching, modelKey: 'other' }).broken('cancelled');
    expect(studio.training.getState().brokenOff).toBeUndefined();
    const [notice] = studio.job.getState().notices;
    expect(notice).toMatchObject({ severity: 'info', title: 'Training cancelled' });
    expect(notice!.message).toContain('before its first checkpoint');
  });

  it('stay the last good ones where the training failed', () => {
    const studio = studioOf();
    const watch = watchTraining(studio, { ...watching, modelKey: 'failing' });
    watch.hear(checkpoint(10));
    watch.broken('failed');
    expect(studio.training.getState().brokenOff).toMatchObject({ step: 10, ended: 'failed' });
    expect(studio.job.getState().notices).toEqual([]);
    return discardBrokenOff(studio);
  });

  it('are not thrown away, nor gone on from, where another tab has taken them up', async () => {
    const held: { name: string; mode: string }[] = [];
    const locks = {
      query: () => Promise.resolve({ held, pending: [] }),
      request: () => new Promise(() => undefined),
    };
    vi.stubGlobal('navigator', { ...globalThis.navigator, locks });
    try {
      const studio = studioOf();
      const watch = watchTraining(studio, { ...watching, modelKey: 'shared' });
      watch.hear(checkpoint(10));
      watch.broken('cancelled');
      const { brokenOff } = studio.training.getState();
      await expect
        .poll(async () => (await (await openCheckpoints()).newest(brokenOff!.key))?.step)
        .toBe(10);
      held.push({ name: `intact-training ${brokenOff!.key}`, mode: 'exclusive' });
      await goOn(studio);
      expect(studio.training.getState().brokenOff).toBeUndefined();
      expect(studio.job.getState().notices[0]!.title).toBe('Another tab trains it already');
      studio.training.setState({ brokenOff });
      await discardBrokenOff(studio);
      const stored = await openCheckpoints();
      expect((await stored.newest(brokenOff!.key))?.step).toBe(10);
      await stored.remove(brokenOff!.key);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('are gone once it is done', async () => {
    const watch = watchTraining(studioOf(), watching);
    for (const step of [10, 20]) watch.hear(checkpoint(step));
    await watch.done();
    expect(await (await openCheckpoints()).newest()).toBeUndefined();
  });
});
