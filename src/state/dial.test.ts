/** Mixed precision on the page's side: what is measured stays with the run, and a mixture becomes a run. */
import { describe, expect, it } from 'vitest';
import type { JobsClient } from '../jobs/client';
import type { DialRequest } from '../jobs/types';
import { IntactError } from '../model/error';
import { overridesOf } from '../quant/recipe';
import type { Dial, DialPoint } from '../run/dial';
import type { Run, RunUpdate } from '../run/types';
import { createFakeJobs } from '../testing/fakeJobs';
import { dialProblem, makeMixture, measureDial } from './actions/dial';
import { openData } from './actions/data';
import { openModel } from './actions/open';
import { quantize } from './actions/quantize';
import { isAsItIs } from './stores/runs';
import { createStudio, type Studio } from './studio';

const score: DialPoint['score'] = {
  ...({ kind: 'classes', output: 'y', label: 'accuracy', unit: '%', better: 'higher' } as const),
  ...{ value: 90, samples: 10, synthetic: false, more: [] },
};
const point = (overrides: DialPoint['overrides']): DialPoint => ({
  ...{ high: Object.keys(overrides), low: [], overrides, found: 'curve', score, sqnr: 30 },
  ...{ beyondChance: false, bytes: 10, highShare: 0.1, answers: { right: '1' } },
});
const dialOf = (points: readonly DialPoint[]): Dial => ({
  ...{ on: 'selection', samples: 10, aloneSamples: 10, synthetic: false, points },
  ...{ float: { score, bytes: 40, answers: { right: '1' } } },
  ...{ layers: [], worstFirst: [], cheapestFirst: [] },
});

type Dialling = (args: DialRequest, partial: (update: RunUpdate) => void) => Promise<Run>;

async function studioWith(dialling: Dialling): Promise<Studio> {
  const fakes = createFakeJobs(0);
  const start = ((name, args, events) =>
    name === 'dial'
      ? {
          ...fakes.start('preview', { indices: [] } as never),
          ...{ name, lane: 'long' },
          result: dialling(args as DialRequest, (events?.partial ?? (() => undefined)) as never),
        }
      : fakes.start(name, args, events)) as JobsClient['start'];
  const studio = createStudio({ ...fakes, start });
  await openModel(studio, [new File(['net'], 'net.keras')]);
  await openData(studio, [new File(['digits'], 'digits.npz')]);
  await quantize(studio);
  return studio;
}
const entryOf = (studio: Studio) =>
  studio.runs.getState().entries.find((entry) => !isAsItIs(entry))!;

describe('mixed precision of a run', () => {
  it('keeps what was measured when it is cancelled midway', async () => {
    const studio = await studioWith(async ({ run }, partial) => {
      for (const points of [[point({})], [point({}), point({ a: 'int16' })]]) {
        const figures = { ...run.figures, dial: dialOf(points) };
        partial({ id: run.id, made: run.made, figures, pending: [] });
      }
      await Promise.resolve();
      throw new IntactError('cancelled', 'Cancelled.');
    });
    await measureDial(studio, entryOf(studio));
    const { run, state, stored } = entryOf(studio);
    expect(run.figures.dial!.points).toHaveLength(2);
    expect([state, stored]).toEqual(['finished', false]);
    expect(studio.job.getState().notices).toEqual([]);
  });

  it('hands the budget and what is known to the job, and shows its answer', async () => {
    const budget = { kind: 'size', bytes: 9 } as const;
    const asked: DialRequest[] = [];
    const studio = await studioWith((args) => {
      asked.push(args);
      return Promise.resolve({
        ...args.run,
        figures: { ...args.run.figures, dial: dialOf([point({})]) },
      });
    });
    await measureDial(studio, entryOf(studio), budget);
    await measureDial(studio, entryOf(studio));
    expect(asked.map((one) => one.budget)).toEqual([budget, undefined]);
    expect(asked[1]!.run.figures.dial!.points).toHaveLength(1);
  });

  it('says why where the run’s samples or model are gone, and measures nothing', async () => {
    const studio = await studioWith(() => Promise.reject(new Error('not to be asked')));
    const entry = entryOf(studio);
    studio.model.setState({ model: undefined });
    await measureDial(studio, entry);
    expect(studio.job.getState().notices.map(({ title }) => title)).toEqual([
      'Mixed precision not measured',
    ]);
  });

  it('becomes a run by its overrides', async () => {
    const studio = await studioWith(() => Promise.reject(new Error('not to be asked')));
    const entry = entryOf(studio);
    const id = entry.run.made.layers[1]!.id;
    const run = await makeMixture(studio, entry, point({ [id]: 'int16' }));
    const added = run!.made.recipe!.rules.slice(entry.run.made.recipe!.rules.length);
    expect(overridesOf(added)).toEqual({ [id]: 'int16' });
    expect(studio.runs.getState().selected).toBe(run!.id);
  });

  it('is none of a model as it is', async () => {
    const studio = await studioWith(() => Promise.reject(new Error('not to be asked')));
    const float = studio.runs.getState().entries.find(isAsItIs)!;
    expect(dialProblem(float)).toMatch(/^This run is the model as it is/);
  });
});
