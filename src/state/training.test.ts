/** What becomes of a training's checkpoints: kept one at a time, gone with the training that is given up. */
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import type { TrainingCheckpoint } from '../jobs/train/types';
import { createFakeJobs } from '../testing/fakeJobs';
import { discardBrokenOff, findBrokenOff, watchTraining } from './actions/training';
import { stockRecipe } from '../quant/recipe';
import { openCheckpoints } from './storage/checkpoints';
import { createStudio } from './studio';

const checkpoint = (step: number): TrainingCheckpoint => ({
  ...{ kind: 'checkpoint', position: 0, best: false, points: [], step, steps: 100 },
  state: {} as TrainingCheckpoint['state'],
});
const studioOf = () => createStudio(createFakeJobs(0));
const watching = { job: () => 1, modelKey: 'model', recipe: stockRecipe('int8') };

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

  it('are gone once it is done', async () => {
    const watch = watchTraining(studioOf(), watching);
    for (const step of [10, 20]) watch.hear(checkpoint(step));
    await watch.done();
    expect(await (await openCheckpoints()).newest()).toBeUndefined();
  });
});
