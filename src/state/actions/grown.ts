/** A run that is there and gets more figures from a job: shown as they come in, and to be stored anew. */
import type { Run, RunUpdate } from '../../run/types';
import { joined } from '../../run/update';
import type { RunEntry } from '../stores/runs';
import type { Studio } from '../studio';

/** Puts what has come in the run's place among the others; returns the run as it stands now. */
export function growing(studio: Studio, run: Run) {
  let last = run;
  return (update: RunUpdate | Run, state: RunEntry['state']): Run => {
    const next = joined(update, last);
    if (!next) return last;
    last = next;
    studio.runs.setState(({ entries }) => ({
      entries: entries.map((entry) =>
        entry.run.id === run.id ? { ...entry, run: next, state, stored: false } : entry,
      ),
    }));
    return last;
  };
}
