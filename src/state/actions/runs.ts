/** What is done with runs that are there. */
import { settingsOf } from '../stores/recipe';
import { withoutRuns, type RunEntry } from '../stores/runs';
import type { Studio } from '../studio';
import { notify } from './jobs';

export function selectRun(studio: Studio, id: string) {
  studio.runs.setState({ selected: id });
}

/** Deletes runs, from storage too. A run that still grows stays. */
export function deleteRuns(studio: Studio, ids: readonly string[]) {
  studio.runs.setState(({ entries, selected }) => {
    const left = entries.filter(({ run, state }) => state === 'growing' || !ids.includes(run.id));
    const gone = !left.some(({ run }) => run.id === selected);
    return { entries: left, selected: gone ? left.at(-1)?.run.id : selected };
  });
}

export function deleteRun(studio: Studio, id: string) {
  deleteRuns(studio, [id]);
}

/** Takes a run from the page and leaves it in the storage. A run that still grows stays. */
export function leaveOut(studio: Studio, id: string) {
  studio.runs.setState((runs) => withoutRuns(runs, [id]), true);
}

/** Shows the runs that were left out again. */
export function bringBack(studio: Studio) {
  studio.runs.setState(({ entries, leftOut = [] }) => ({
    entries: [...entries, ...leftOut].sort((a, b) => a.run.made.createdAt - b.run.made.createdAt),
    leftOut: [],
  }));
}

/** Deletes the runs that were left out, from the storage too. */
export function deleteLeftOut(studio: Studio) {
  studio.runs.setState({ leftOut: [] });
}

export function togglePin(studio: Studio, id: string) {
  studio.runs.setState(({ entries }) => ({
    entries: entries.map((entry) =>
      entry.run.id === id ? { ...entry, pinned: !entry.pinned } : entry,
    ),
  }));
}

/** Puts a run's settings back into the recipe panel; a notice where the panel has no words for its recipe. */
export function adoptSettings(studio: Studio, { run }: RunEntry): boolean {
  const { recipe } = run.made;
  const settings = recipe && settingsOf(recipe);
  if (settings) {
    studio.recipe.setState(settings, true);
    return true;
  }
  notify(studio, {
    severity: 'info',
    title: 'Settings not adopted',
    message: recipe
      ? `The recipe of this run (${recipe.name}) has rules that the recipe panel cannot show. Download it as JSON to use or change it.`
      : 'This run is the model as it is, without a recipe.',
  });
  return false;
}
