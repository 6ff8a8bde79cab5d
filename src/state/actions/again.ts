/** What a reload broke off, begun again: runs of recipes, and every other long job. */
import type { JobName } from '../../jobs/types';
import type { OtherWork } from '../stores/job';
import type { RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { measureDial } from './dial';
import { evaluate } from './evaluate';
import { remake } from './quantize';
import { measureMore } from './sensitivity';

interface Again {
  /** As the bar names it. */
  readonly label: string;
  /** Of the open model; undefined: it is of a run. */
  readonly ofModel?: (studio: Studio) => Promise<unknown>;
  readonly ofRun?: (studio: Studio, entry: RunEntry) => Promise<unknown>;
}

/** Each long job that makes no run of a recipe. */
const again: { readonly [N in JobName]?: Again } = {
  evaluate: { label: 'evaluation of the file', ofModel: evaluate },
  dial: { label: 'mixed precision', ofRun: (studio, entry) => measureDial(studio, entry) },
  sensitivity: { label: 'layers on more samples', ofRun: measureMore },
};

/** Names it; undefined: the run that it was of is gone, or this version doesn't know it. */
export function againLabel(studio: Studio, work: OtherWork): string | undefined {
  const known = again[work.job];
  if (!known || (known.ofRun && !entryOf(studio, work))) return undefined;
  return known.label;
}

const entryOf = (studio: Studio, { run: id }: OtherWork) =>
  studio.runs.getState().entries.find(({ run }) => run.id === id);

/** Begins all of it again, one after the other. */
export async function resume(studio: Studio): Promise<void> {
  const { interrupted } = studio.job.getState();
  studio.job.setState({ interrupted: undefined });
  if (!interrupted) return;
  const { recipes, others = [] } = interrupted;
  if (recipes.length > 0) await remake(studio, recipes);
  for (const work of others) {
    const entry = entryOf(studio, work);
    const known = again[work.job];
    if (known?.ofModel) await known.ofModel(studio);
    else if (known?.ofRun && entry) await known.ofRun(studio, entry);
  }
}
