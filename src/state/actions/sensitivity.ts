/** More samples for each layer's effect on the score of a finished run. */
import type { Run } from '../../run/types';
import type { RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { growing } from './grown';
import { notify, runJob } from './jobs';
import { samplesOfRun } from './leave';

/** Samples that there are beyond those that the figure stands on. */
export const moreSamples = ({ figures }: Run): number =>
  figures.counts.sensitivity === undefined
    ? 0
    : Math.max(0, figures.counts.evaluated - figures.counts.sensitivity);

/** Measures on all evaluation samples; the run shows them as they come in. Cancelled or failed, it stays what it was. */
export async function measureMore(studio: Studio, { run }: Pick<RunEntry, 'run'>): Promise<void> {
  const samples = samplesOfRun(studio, run);
  if (!samples) {
    notify(studio, {
      severity: 'error',
      title: 'Not measured',
      message: `The samples of this run ("${run.made.samples.name}") are not there any more. Open them again.`,
    });
    return;
  }
  const shown = {
    title: 'Measuring layers on more samples',
    failure: 'Not measured on more samples',
    stoppable: true,
  };
  const show = growing(studio, run);
  const finished = await runJob(
    studio,
    shown,
    'sensitivity',
    { run, samples, count: 'all' },
    (update) => void show(update, 'growing'),
  );
  show(finished ?? run, 'finished');
}
