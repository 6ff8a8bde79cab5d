/** Which run a crash is probably of, and what can be said of it and of the fault without another crash. */
import { figuresOf, rowsOf } from '../../analysis/figures';
import type { RunEntry } from '../../state/stores/runs';
import { runCells, runsHeads } from '../figures/whole';
import { runLabel } from '../runLabel';

/** Characters of a fault's text: a sentence or two, not a model. */
const longest = 400;

/** Its figures, label and cells can be made; what draws them may still crash. */
function isWhole(entry: RunEntry): boolean {
  try {
    const { run } = entry;
    runLabel(entry);
    runCells(run, runsHeads([run]), false);
    const figures = figuresOf(run);
    for (const row of rowsOf(run)) for (const figure of figures) figure.value(row);
    return true;
  } catch {
    return false;
  }
}

/** The first that is not whole, else the last: what came before it was drawn. */
export const suspect = (runs: readonly RunEntry[]): RunEntry | undefined =>
  runs.find((entry) => !isWhole(entry)) ?? runs.at(-1);

/** The run's label, or its id where it has none that can be made. */
export function labelOf(entry: RunEntry): string {
  try {
    return `${runLabel(entry)}, ${entry.run.made.subject.name}`;
  } catch {
    return `run ${entry.run.id}`;
  }
}

/** The fault's own words, cut short. */
export function detailOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
