/**
 * Changes of one layer that follow the hand: the latest wins, an older one is stopped at its next border, and
 * the worker, with what it has kept of the run, goes on.
 */
import type { RecipeChange } from '../../quant/change';
import { asIntactError } from '../../model/error';
import type { Run } from '../../run/types';
import type { WhatIf } from '../../run/whatIf';
import { recipeOf, settingsOf } from '../stores/recipe';
import type { Studio } from '../studio';
import { makeRun } from './diagnosis';
import { samplesOfRun } from './leave';

/** A hand that rests for so long has said something. */
const REST_MS = 40;

export interface Tried {
  /** A change is being tried. */
  readonly busy: boolean;
  /** "Keeping the model’s numbers: sample 3 of 100" */
  readonly progress?: string;
  readonly result?: WhatIf;
  /** Why the last change could not be tried. */
  readonly problem?: string;
}

export interface Trying {
  ask(change: RecipeChange): void;
  /** Nothing more is heard. */
  end(): void;
}

export function tryChanges(
  studio: Studio,
  run: Pick<Run, 'id' | 'made'>,
  heard: (tried: Tried) => void,
): Trying {
  let next: RecipeChange | undefined;
  let running: { stop(): void } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  let last: Tried = { busy: false };
  const say = (tried: Tried) => {
    last = tried;
    if (!ended) heard(tried);
  };
  const start = async () => {
    if (running || !next || ended) return;
    const change = next;
    next = undefined;
    const samples = samplesOfRun(studio, run);
    if (!samples) {
      say({
        busy: false,
        problem: `The samples of this run (“${run.made.samples.name}”) are not there any more. Open them again.`,
      });
      return;
    }
    const { graph, recipe, plan, stats, samples: ref } = run.made;
    const made = {
      ...{ graph, samples: ref },
      ...(recipe && { recipe }),
      ...(plan && { plan }),
      ...(stats && { stats }),
    };
    const job = studio.jobs.start(
      'whatIf',
      { run: { id: run.id, made }, samples, change },
      { progress: ({ label }) => say({ ...last, busy: true, progress: label }) },
    );
    running = job;
    try {
      const result = await job.result;
      say({ busy: next !== undefined, result });
    } catch (thrown) {
      const { code, message } = asIntactError(thrown);
      if (code !== 'cancelled') say({ ...last, busy: false, problem: message });
    }
    running = undefined;
    if (next) void start();
    else if (last.busy) say({ ...last, busy: false });
  };
  return {
    ask(change) {
      next = change;
      const { result } = last;
      say({ busy: true, ...(result ? { result } : {}) });
      running?.stop();
      clearTimeout(timer);
      timer = setTimeout(() => void start(), REST_MS);
    },
    end() {
      ended = true;
      clearTimeout(timer);
      running?.stop();
    },
  };
}

/**
 * The change goes into the recipe panel, beside what the run's recipe says. A sentence where no settings
 * make that recipe: then the change takes a run at once.
 */
export function keepChange(
  studio: Studio,
  { made }: Run,
  change: RecipeChange,
): string | undefined {
  const settings = made.recipe && settingsOf(made.recipe);
  if (!settings)
    return 'This run’s recipe is not one of the panel’s: make the run at once, with “Quantize with it”.';
  const ranges = { ...settings.ranges, ...change.ranges };
  const kept = {
    ...settings,
    overrides: { ...settings.overrides, ...change.overrides },
    ...(Object.keys(ranges).length > 0 ? { ranges } : {}),
  };
  recipeOf(kept);
  studio.recipe.setState(kept);
  return undefined;
}

/** A run with the change, whose measured gain stands beside what was tried. */
export const quantizeWith = (studio: Studio, run: Run, layer: string, tried: WhatIf) =>
  makeRun(studio, run, tried.change, {
    ...{ finding: 'what-if', fix: layer, label: `What if: ${layer} changed` },
    ...{ before: tried.now, after: tried.then },
  });
