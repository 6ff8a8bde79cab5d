/** Mixed precision of a run: its curve, mixtures for a budget, and the run that a mixture becomes. */
import { mixtureRequest } from '../../analysis/dial';
import type { Budget, DialPoint } from '../../run/dial';
import type { Run, RunUpdate } from '../../run/types';
import type { RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { growing } from './grown';
import { notify, runJob } from './jobs';
import { samplesOfRun } from './leave';
import { carryOut } from './quantize';

/** Why there is nothing to mix in this run, a sentence; undefined: there is. */
export function dialProblem({ run: { made } }: Pick<RunEntry, 'run'>): string | undefined {
  if (!made.recipe)
    return 'This run is the model as it is, or was quantized elsewhere: there are no precisions to mix. Take a run of an int8 or int4 scheme.';
  if (!made.stats)
    return 'This run computes in floats, so there are no integer precisions to mix. Take a run of an int8, int4 or int16 scheme.';
  return undefined;
}

/** Measures mixtures, for a budget or the whole curve; the run shows them as they come in. What was measured stays, also when cancelled. */
export async function measureDial(
  studio: Studio,
  { run, state }: Pick<RunEntry, 'run' | 'state'>,
  budget?: Budget,
): Promise<void> {
  const samples = samplesOfRun(studio, run);
  const { model } = studio.model.getState();
  if (!samples || model?.key !== run.made.subject.key) {
    const what = samples ? `model of this run ("${run.made.subject.name}")` : 'samples of this run';
    notify(studio, {
      severity: 'error',
      title: 'Mixed precision not measured',
      message: `The ${what} ${samples ? 'is' : 'are'} not open any more. Open ${samples ? 'it' : 'them'} again.`,
    });
    return;
  }
  const shown = {
    title: 'Measuring mixed precision',
    failure: 'Mixed precision not measured',
    stoppable: true,
  };
  const grown = growing(studio, run);
  let last = run;
  const show = (update: RunUpdate | Run, now: RunEntry['state']) => {
    last = grown({ ...update, pending: run.pending }, now);
  };
  const finished = await runJob(
    studio,
    shown,
    'dial',
    { model, run, samples, latency: true, ...(budget ? { budget } : {}) },
    (update) => void show(update, 'growing'),
  );
  show(finished ?? last, state);
}

/** Makes a run of one mixture; its evaluation samples only report. */
export function makeMixture(
  studio: Studio,
  { run }: Pick<RunEntry, 'run'>,
  point: DialPoint,
): Promise<Run | undefined> {
  const { recipe, from } = mixtureRequest(run, point);
  const samples = samplesOfRun(studio, run);
  return carryOut(studio, recipe, { ...(from && { from }), ...(samples && { samples }) });
}
