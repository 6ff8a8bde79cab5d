/** Cells of the Runs table, from the list of whole figures (analysis/figures). */
import { isMarked, wholeFigures, wholeFiguresOf, type WholeFigure } from '../../analysis/figures';
import type { Run } from '../../run/types';
import { none, number, ratio, signed } from '../../analysis/format';
import { figureText, percent } from '../../analysis/figures/text';

/** Heads of a table over these runs: in their own terms where they are scored alike. */
export function runsHeads(runs: readonly Run[]): readonly WholeFigure[] {
  const [first] = runs;
  const own = shown(wholeFiguresOf(first));
  const alike = runs.every((run) => shown(wholeFiguresOf(run))[0]?.head === own[0]?.head);
  return alike ? own : shown(wholeFigures);
}

const shown = (figures: readonly WholeFigure[]) => figures.filter(({ table }) => table);

export interface RunCell {
  readonly id: string;
  /** "98.7 %"; "…" while it is measured. */
  readonly text: string;
  /** What quantizing changed: "Δ −0.2", "÷3.6"; '' where there is nothing to compare. */
  readonly change: string;
  /** The change is to be seen. */
  readonly marked: boolean;
  readonly fromSamples: boolean;
}

/** One cell a head, in the run's own terms. */
export function runCells(
  run: Run,
  heads: readonly Pick<WholeFigure, 'id'>[],
  growing: boolean,
): readonly RunCell[] {
  const figures = wholeFiguresOf(run);
  return heads.map(({ id }) => {
    const figure = figures.find((one) => one.id === id);
    if (!figure) return { id, text: none, change: '', marked: false, fromSamples: false };
    const value = figure.value(run);
    const waits = growing && figure.waitsFor !== undefined && run.pending.includes(figure.waitsFor);
    return {
      id,
      text: value === undefined ? (waits ? '…' : none) : wholeText(figure, value),
      change: run.made.recipe ? changeOf(figure, run) : '',
      marked: run.made.recipe !== undefined && figure.fromSamples && isMarked(figure, run),
      fromSamples: figure.fromSamples,
    };
  });
}

/** As `figureText`, but the figure itself, not a change of it. */
export function wholeText(figure: Pick<WholeFigure, 'unit'>, value: number): string {
  if (figure.unit === 'target') return number(value);
  if (figure.unit === '%') return Number.isNaN(value) ? none : `${percent(value)} %`;
  return figureText(figure, value);
}

function changeOf(figure: WholeFigure, run: Run): string {
  const [before, after] = [figure.float?.(run), figure.value(run)];
  if (before === undefined || after === undefined) return '';
  if (!figure.fromSamples) {
    const times = ratio(before, after);
    return times === none ? '' : times;
  }
  return `Δ ${signed(after - before, figure.unit === '%' || figure.unit === 'dB' ? 1 : 3)}`;
}
