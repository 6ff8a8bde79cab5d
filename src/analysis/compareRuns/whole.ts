/** Figures of whole runs beside each other. */
import { wholeFiguresOf, type WholeFigure } from '../figures';
import { differenceOf, measureOf, worsening } from './measure';
import type { Comparison, Measure } from './types';

export interface WholeCell {
  readonly measure?: Measure;
  /** To the baseline; undefined for the baseline itself, and where the scores aren't of one kind. */
  readonly difference?: number;
  readonly worse?: number;
}

export interface WholeLine {
  readonly figure: WholeFigure;
  /** By position of the compared run. */
  readonly cells: readonly WholeCell[];
}

/** One line a figure, in the baseline's terms; a run that is scored otherwise has its own number and no difference. */
export function wholeLines({ runs, baseline }: Comparison): readonly WholeLine[] {
  const base = runs[baseline]!.runs[0]!;
  const terms = wholeFiguresOf(base);
  return terms.map((figure) => {
    const measures = runs.map(({ runs: seeds }) =>
      measureOf(
        seeds.map((run) =>
          wholeFiguresOf(run)
            .find(({ id }) => id === figure.id)
            ?.value(run),
        ),
      ),
    );
    const from = measures[baseline]?.value;
    const cells = runs.map(({ runs: [run] }, at): WholeCell => {
      const measure = measures[at];
      const own = wholeFiguresOf(run).find(({ id }) => id === figure.id);
      const comparable = own?.unit === figure.unit && own.label === figure.label;
      const difference =
        at === baseline || !comparable ? undefined : differenceOf(from, measure?.value);
      const worse = worsening(figure.better, difference);
      return {
        ...(measure ? { measure } : {}),
        ...(difference === undefined ? {} : { difference }),
        ...(worse === undefined ? {} : { worse }),
      };
    });
    return { figure, cells };
  });
}
