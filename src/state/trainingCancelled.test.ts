/** A training cancelled in each of its phases, over the real wire and job: what is kept, what is said, and what comes next. */
import { trainSteps } from '../quant/stepWords';
import 'fake-indexeddb/auto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { runJob } from '../jobs';
import { createJobs } from '../jobs/client';
import { serve } from '../jobs/serve';
import { digits, hasDigits, trainingRequest, trainingWorker } from '../jobs/testing/digits';
import { fakeWorker } from '../jobs/testing/fakeWorker';
import type { QuantizeRequest } from '../jobs/types';
import { IntactError } from '../model/error';
import { cancel } from './actions/jobs';
import { carryOut, type CarryOut } from './actions/quantize';
import { cancelTraining, discardBrokenOff, keptCheckpoint, stopAndKeep } from './actions/training';
import { createStudio, type Studio } from './studio';

/** Workers in this thread: one that is terminated ends its job at its next word. */
function house() {
  const jobs: Promise<unknown>[] = [];
  const client = createJobs(() => {
    const fake = fakeWorker();
    const run = (...[name, args, worker, events, stop]: Parameters<typeof runJob>) => {
      const job = runJob(
        name,
        args,
        worker,
        {
          ...events,
          progress(one) {
            if (fake.terminated) throw new IntactError('cancelled', 'Terminated.');
            events.progress(one);
          },
        },
        stop,
      );
      jobs.push(job.catch(() => undefined));
      return job;
    };
    serve(fake.inside, trainingWorker(), run as typeof runJob);
    return fake.worker;
  });
  return { client, ended: () => Promise.all(jobs) };
}

/** Calls `act` at the first label that fits; the labels that were heard. */
function atLabel(studio: Studio, label: RegExp, act: (id: number) => void): string[] {
  const heard: string[] = [];
  let done = false;
  studio.job.subscribe(({ running }) => {
    const job = running.find(({ title }) => title.startsWith('Training'));
    if (!job) return;
    heard.push(job.progress.label);
    if (done || !label.test(job.progress.label)) return;
    done = true;
    act(job.id);
  });
  return heard;
}

describe.skipIf(!hasDigits)('a training that is cancelled', () => {
  let request: QuantizeRequest;
  const small = { calibration: 20, evaluation: 60, seed: 1 };
  beforeAll(async () => {
    // Three steps an epoch.
    request = await trainingRequest({ samples: 96, options: { epochs: 3, minSamplesToChoose: 1 } });
    const { source } = request.samples;
    // Sent to a worker, as a file is.
    const files = [{ path: 'mnist.npz', bytes: new Blob([new Uint8Array(readFileSync(digits))]) }];
    request = { ...request, samples: { source: { ...source, files } as never, roles: small } };
  });
  const opened = () => {
    const { client, ended } = house();
    const studio = createStudio(client);
    studio.model.setState({ model: request.model });
    return { studio, ended };
  };
  const make = (studio: Studio, recipe = request.recipe, more: CarryOut = {}) =>
    carryOut(studio, recipe, { samples: request.samples, ...more });
  const plain = () => ({ ...request.recipe, steps: [] });
  /** By labels, which are read before; every other loss reads its samples as it goes. */
  const labelled = () => {
    const { recipe } = request;
    const steps = trainSteps(recipe).map((step) => ({
      ...step,
      options: { ...step.options, loss: 'labels' as const },
    }));
    return { ...recipe, steps };
  };
  const recipeFor = (label: RegExp) =>
    label.source.includes('Reading') ? labelled() : request.recipe;

  it.each([
    ['calibrating', /^Calibrating/, undefined],
    ['loading the backend', /^Loading the training backend/, undefined],
    ['reading samples', /^Reading training samples/, undefined],
    ['scoring the start', /^Scoring the epoch/, undefined],
    ['the first epoch', /^Step 2 of 9/, undefined],
    ['a later epoch', /^Step 5 of 9/, 3],
    ['comparing with the integer model', /^Fake quantization/, 9],
    ['converting', /^Converting/, 9],
    ['evaluating', /^Evaluating/, 9],
  ] as const)('while it is %s loses nothing, and the next job runs', async (_, label, kept) => {
    const { studio, ended } = opened();
    const heard = atLabel(studio, label, () => cancelTraining(studio));
    // Before its first word the job is cancelled where every job is: in the bar.
    atLabel(studio, label, (id) => cancel(studio, id));
    expect(await make(studio, recipeFor(label))).toBeUndefined();
    await ended();
    expect(
      heard.some((one) => label.test(one)),
      heard.join('; '),
    ).toBe(true);
    expect(studio.runs.getState().entries.filter(({ state }) => state !== 'stopped')).toEqual([]);
    // A run is there only with all that it was made of: it can be exported, its figures are of what was measured.
    for (const { run } of studio.runs.getState().entries) {
      expect(run.made.converted.nodes.length).toBeGreaterThan(0);
      expect(run.made.log!.steps).toHaveLength(9);
    }
    const { live, brokenOff } = studio.training.getState();
    expect(live).toBeUndefined();
    const said = studio.job.getState().notices.map(({ title }) => title);
    if (kept === undefined) {
      expect(brokenOff).toBeUndefined();
      expect(said).toEqual(['Training cancelled']);
    } else {
      expect(brokenOff).toMatchObject({ step: kept, steps: 9, ended: 'cancelled' });
      expect(said).toEqual([]);
      const checkpoint = (await keptCheckpoint(studio))!;
      const run = await make(studio, checkpoint.recipe, { resume: checkpoint.checkpoint });
      expect(run!.made.log!.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(run!.pending).toEqual([]);
    }
    await discardBrokenOff(studio);
    const next = await make(studio, plain());
    expect(next!.figures.counts.evaluated).toBe(60);
    expect(next!.pending).toEqual([]);
  });

  it('while it scores a later epoch keeps the one before', async () => {
    const { studio, ended } = opened();
    let steps = false;
    studio.job.subscribe(({ running }) => {
      const job = running.find(({ title }) => title.startsWith('Training'));
      if (job?.progress.label.startsWith('Step 6')) steps = true;
      if (steps && job?.progress.label.startsWith('Scoring')) cancel(studio, job.id);
    });
    expect(await make(studio)).toBeUndefined();
    await ended();
    expect(studio.training.getState().brokenOff).toMatchObject({ step: 3, ended: 'cancelled' });
    await discardBrokenOff(studio);
  });

  it('or stopped in the first epoch: what it has is kept and measured whole', async () => {
    const { studio } = opened();
    atLabel(studio, /^Step 1 of 9/, () => stopAndKeep(studio));
    const run = (await make(studio))!;
    expect(run.made.log!.stopped).toBe('user');
    expect(run.made.log!.notes.join(' ')).toContain('Stopped by hand');
    const steps = run.made.log!.steps.length;
    expect(steps).toBeGreaterThanOrEqual(1);
    expect(steps).toBeLessThan(9);
    expect(run.figures.counts.evaluated).toBe(60);
    expect(run.pending).toEqual([]);
    expect(studio.training.getState()).toMatchObject({ live: undefined, brokenOff: undefined });
  });

  it.each([
    ['samples are read', /^Reading training samples/],
    ['the start is scored', /^Scoring the epoch/],
  ] as const)(
    'or stopped while %s: a sentence or a run, and the next job runs',
    async (_, label) => {
      const { studio, ended } = opened();
      atLabel(studio, label, () => stopAndKeep(studio));
      atLabel(studio, label, (id) => studio.handles.get(id)?.stop());
      const run = await make(studio);
      await ended();
      if (run) expect(run.pending).toEqual([]);
      else expect(studio.job.getState().notices[0]!.message).toContain('before its first step');
      expect((await make(studio, plain()))!.figures.counts.evaluated).toBe(60);
    },
  );
});
