import { createStore } from 'zustand/vanilla';
import type { Run, Verification } from '../jobs/types';
import { settingsKey, type RecipeSettings } from './recipe';

/** A run with what it was made from, so that it can never be mistaken for another's result. */
export interface RunEntry {
  readonly run: Run;
  readonly modelKey: string;
  readonly samplesKey: string;
  readonly settings: RecipeSettings;
  readonly pinned: boolean;
  readonly state: 'growing' | 'finished' | 'stopped';
  readonly verification?: Verification;
}

export interface RunsState {
  /** Oldest first. */
  readonly entries: readonly RunEntry[];
  /** Run id. */
  readonly selected?: string;
}

export const createRunsStore = () => createStore<RunsState>()(() => ({ entries: [] }));

export function selectedEntry(state: RunsState): RunEntry | undefined {
  return state.entries.find(({ run }) => run.id === state.selected);
}

/** Puts the entry in the place of its predecessor, or at the end. */
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

export function staleness(
  entry: RunEntry,
  now: { modelKey?: string; samplesKey?: string; settings: RecipeSettings },
): Staleness {
  const model = entry.modelKey !== now.modelKey;
  const sameScheme = { ...now.settings, scheme: entry.settings.scheme };
  return {
    model,
    data: !model && now.samplesKey !== undefined && entry.samplesKey !== now.samplesKey,
    recipe: !model && settingsKey(entry.settings) !== settingsKey(sameScheme),
  };
}
