/** The model as it is, float or quantized elsewhere, measured as a run like the others. */
import { samplesKey } from '../../run/keys';
import type { Run } from '../../run/types';
import { joined } from '../../run/update';
import { floatEntry, upsert, type RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { runJob, sayFallenBack } from './jobs';
import { samplesAtHand } from './quantize';

/** Scores the open file as it is on the evaluation samples; takes the place of the one that is there. */
export async function evaluate(studio: Studio): Promise<Run | undefined> {
  const { epoch } = studio.queue;
  await studio.queue.opening;
  const { model } = studio.model.getState();
  if (!model || studio.queue.epoch !== epoch) return undefined;
  const samples = await samplesAtHand(studio, 'Not evaluated');
  if (!samples || studio.queue.epoch !== epoch) return undefined;
  let last: Run | undefined;
  const keep = (run: Run, state: RunEntry['state']) => {
    studio.runs.setState(({ entries, selected }) => {
      const before = floatEntry(entries, run);
      const others = entries.filter(
        (entry) => entry.run.id === run.id || entry.run.id !== before?.run.id,
      );
      const pinned = before?.pinned ?? false;
      return {
        entries: upsert(others, { run, pinned, state, stored: false }),
        selected: selected === undefined || selected === before?.run.id ? run.id : selected,
      };
    });
    last = run;
  };
  const shown = { title: 'Evaluating', failure: 'Not evaluated' };
  const request = { model, samples, measure: { latency: true } };
  const finished = await runJob(studio, shown, 'evaluate', request, (update) => {
    const run = joined(update, last);
    if (run) keep(run, 'growing');
  });
  const run = finished ? joined(finished, last) : last;
  if (!run) return undefined;
  sayFallenBack(studio, run);
  keep(run, finished && run.pending.length === 0 ? 'finished' : 'stopped');
  const key = samplesKey(run.made.samples);
  studio.data.setState(({ known }) => ({ known: { ...known, [key]: samples } }));
  return finished && run;
}
