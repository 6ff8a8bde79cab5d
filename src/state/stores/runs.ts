/** The runs, and what has changed since each was made. */
import { createStore } from 'zustand/vanilla';
import { recipeKey, samplesKey, subjectKey } from '../../run/keys';
import type { Run } from '../../run/types';
import type { Verification } from '../../run/verification';
import { loadedKey, type DataState } from './data';
import type { ModelState } from './model';
import { recipeOf, type RecipeSettings } from './recipe';

export interface RunEntry {
  readonly run: Run;
  readonly pinned: boolean;
  readonly state: 'growing' | 'finished' | 'stopped';
  /** true: it outlives a reload; false: not yet; a sentence: why it can't be stored. */
  readonly stored: boolean | string;
  readonly verification?: Verification;
}

export interface RunsState {
  /** Oldest first. */
  readonly entries: readonly RunEntry[];
  /** Run id. */
  readonly selected?: string;
  /** Left out of the page for a fault in drawing them: stored as before, until they are asked back or deleted. */
  readonly leftOut?: readonly RunEntry[];
}

export const createRunsStore = () => createStore<RunsState>()(() => ({ entries: [] }));

/** What the storage must keep: what is shown, and what is only left out of the page. */
export const keptEntries = ({ entries, leftOut = [] }: RunsState): readonly RunEntry[] => [
  ...entries,
  ...leftOut,
];

/** The runs of these ids set apart; a selection among them falls to the last run that is left. */
export function withoutRuns(
  { entries, selected, leftOut = [] }: RunsState,
  ids: readonly string[],
): RunsState {
  const out = entries.filter(({ run, state }) => state !== 'growing' && ids.includes(run.id));
  const left = entries.filter((entry) => !out.includes(entry));
  const gone = out.some(({ run }) => run.id === selected);
  const next = gone ? left.at(-1)?.run.id : selected;
  return {
    entries: left,
    leftOut: [...leftOut, ...out],
    ...(next !== undefined && { selected: next }),
  };
}

export function selectedEntry(state: RunsState): RunEntry | undefined {
  return state.entries.find(({ run }) => run.id === state.selected);
}

/** The model as it is: float, or quantized elsewhere. */
export const isAsItIs = ({ run }: Pick<RunEntry, 'run'>): boolean => run.made.recipe === undefined;

/** Made from the same model on the same samples. */
export function sameGround(a: Run, b: Run): boolean {
  return (
    subjectKey(a.made.subject) === subjectKey(b.made.subject) &&
    samplesKey(a.made.samples) === samplesKey(b.made.samples)
  );
}

/** The model as it is on the samples of this run, where that was measured. */
export function floatEntry(entries: readonly RunEntry[], run: Run): RunEntry | undefined {
  return entries.find((entry) => isAsItIs(entry) && sameGround(entry.run, run));
}

/** Puts the entry in the place of its predecessor, or at the end; a pin stays. */
export function upsert(entries: readonly RunEntry[], entry: RunEntry): readonly RunEntry[] {
  return entries.some(({ run }) => run.id === entry.run.id)
    ? entries.map((old) => (old.run.id === entry.run.id ? { ...entry, pinned: old.pinned } : old))
    : [...entries, entry];
}

/** What has changed since the run was made. A differing recipe counts only for the same scheme. */
export interface Staleness {
  readonly model: boolean;
  readonly data: boolean;
  readonly recipe: boolean;
}

export interface Now {
  readonly modelKey?: string;
  /** Every key that stands for the samples that are loaded; empty: none are. */
  readonly samplesKeys: readonly string[];
  readonly settings: RecipeSettings;
}

export function nowOf(model: ModelState, data: DataState, settings: RecipeSettings): Now {
  const key = loadedKey(data);
  return {
    ...(model.model && { modelKey: model.model.key }),
    samplesKeys: key === undefined ? [] : data.formerKey ? [key, data.formerKey] : [key],
    settings,
  };
}

export function staleness({ run }: Pick<RunEntry, 'run'>, now: Now): Staleness {
  const { subject, samples, recipe } = run.made;
  const model = subjectKey(subject) !== now.modelKey;
  return {
    model,
    data: !model && now.samplesKeys.length > 0 && !now.samplesKeys.includes(samplesKey(samples)),
    recipe:
      !model &&
      recipe !== undefined &&
      recipeKey(recipe) !== keyFor({ ...now.settings, steps: recipe.steps }, recipe.scheme),
  };
}

/** Key of the recipe that the panel's settings make for a scheme; nothing equals a recipe from elsewhere. */
function keyFor(settings: RecipeSettings, scheme: string): string | undefined {
  return scheme === 'custom'
    ? undefined
    : recipeKey(recipeOf({ ...settings, scheme: scheme as RecipeSettings['scheme'] }));
}
