/** A figure's difference between two compared runs as colour of the graph: the shown run against the baseline. */
import { useMemo } from 'react';
import { across, comparedFigures, compareRuns, differenceText } from '../../analysis/compareRuns';
import { comparedEntries } from '../../state/actions/compare';
import { runLabel } from '../runLabel';
import { useEntry, useRuns, useView } from '../studio';

const prefix = 'difference:';
export const isDifference = (overlay: string): boolean => overlay.startsWith(prefix);

export interface Difference {
  /** What the colours mean, in words. */
  readonly label: string;
  /** Choices of the overlay: id and label. */
  readonly choices: readonly { readonly id: string; readonly label: string }[];
  /** By layer id; absent: not measured of both. */
  readonly layers: ReadonlyMap<string, { readonly text: string; readonly badness: number }>;
}

/** undefined where no other run is compared to set the shown one against. */
export function useDifference(): Difference | undefined {
  const entry = useEntry();
  const { entries } = useRuns();
  const { compared, baseline, overlay } = useView();
  return useMemo(() => {
    if (!entry) return undefined;
    const others = comparedEntries(entries, compared).filter(({ run }) => run.id !== entry.run.id);
    const base = others.find(({ run }) => run.id === baseline) ?? others[0];
    if (!base) return undefined;
    const comparison = compareRuns(
      [base, entry].map((one) => ({ run: one.run, state: one.state, label: runLabel(one) })),
    );
    // Runs that differ in a seed alone are one: nothing lies between them.
    if (comparison.runs.length < 2) return undefined;
    const figures = comparedFigures(comparison);
    const choices = figures.map(({ id, label }) => ({
      id: prefix + id,
      label: `Difference: ${label}`,
    }));
    const wanted = figures.find(({ id }) => prefix + id === overlay);
    const label = `against ${comparison.runs[0]!.label}`;
    if (!wanted) return { label, choices, layers: new Map() };
    const { figure, lines } = across(comparison, wanted.id);
    const known = lines.flatMap(({ layer, cells }) => {
      const { difference, worse } = cells[1]!;
      const id = layer.rows[1]![0]?.id;
      return difference === undefined || worse === undefined || id === undefined
        ? []
        : [{ id, difference, worse }];
    });
    const most = Math.max(...known.map(({ worse }) => (Number.isFinite(worse) ? worse : 0)), 0);
    return {
      label,
      choices,
      layers: new Map(
        known.map(({ id, difference, worse }) => [
          id,
          {
            text: differenceText(figure, difference),
            badness: most > 0 ? Math.min(1, Math.max(0, worse / most)) : 0,
          },
        ]),
      ),
    };
  }, [entry, entries, compared, baseline, overlay]);
}
