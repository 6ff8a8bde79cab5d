/** Places of runs in the comparison: colour and shape go by them, the same in every view. */
import { useMemo } from 'react';
import { positionsOf } from '../../analysis/compareRuns';
import { comparedEntries } from '../../state/actions/compare';
import { useRuns, useView } from '../studio';

/** By run id; runs that are folded into one have one place. */
export function usePositions(): ReadonlyMap<string, number> {
  const { entries } = useRuns();
  const { compared } = useView();
  return useMemo(
    () => positionsOf(comparedEntries(entries, compared).map(({ run }) => run)),
    [entries, compared],
  );
}
