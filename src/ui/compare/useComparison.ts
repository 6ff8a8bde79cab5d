/** The comparison that the page shows: made anew only when a run, the choice or the baseline changes. */
import { useMemo } from 'react';
import { compareRuns, type Comparison } from '../../analysis/compareRuns';
import { comparedEntries } from '../../state/actions/compare';
import type { RunEntry } from '../../state/stores/runs';
import { runLabel } from '../runLabel';
import { useRuns, useView } from '../studio';

export interface Compared {
  readonly comparison: Comparison;
  readonly entries: readonly RunEntry[];
}

/** undefined with fewer than two runs. */
export function useComparison(): Compared | undefined {
  const { entries } = useRuns();
  const { compared, baseline } = useView();
  return useMemo(
    () => comparedOf(comparedEntries(entries, compared), baseline),
    [entries, compared, baseline],
  );
}

let last: { readonly baseline: string | undefined; readonly made: Compared } | undefined;

/** The last comparison again where runs and states are the same: marks of storage and pins change no number. */
function comparedOf(
  entries: readonly RunEntry[],
  baseline: string | undefined,
): Compared | undefined {
  if (entries.length < 2) return undefined;
  const before = last?.made.entries;
  const same =
    before?.length === entries.length &&
    last?.baseline === baseline &&
    entries.every(({ run, state }, at) => run === before[at]!.run && state === before[at]!.state);
  if (same) return last!.made;
  const contestants = entries.map((entry) => ({
    run: entry.run,
    state: entry.state,
    label: runLabel(entry),
  }));
  const made = { comparison: compareRuns(contestants, baseline), entries };
  last = { baseline, made };
  return made;
}
