/**
 * What a recipe's steps do, one runner for each kind. A runner returns the float graph as it has
 * changed it; where it settles how the graph rounds, also plan and statistics, else both are made anew
 * from the changed graph.
 */
import type { Scoring } from '../../analysis/score';
import type { Roles, Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import type { Plan, Recipe, Stats, Step } from '../../quant/types';
import type { RunUpdate, TrainingLog } from '../../run/types';
import type { JobContext } from '../job';
import type { Report } from '../progress';

export interface StepInput<S extends Step = Step> {
  readonly step: S;
  /** Float, as the steps before have left it; `plan` and `stats` belong to it. */
  readonly graph: Graph;
  readonly plan: Plan;
  readonly stats?: Stats;
  readonly recipe: Recipe;
  readonly samples: Samples;
  readonly roles: Roles;
  readonly scorings: readonly Scoring[];
  readonly backend: Backend;
  readonly context: JobContext<RunUpdate>;
  readonly report: Report;
}

export interface StepOutput {
  readonly graph: Graph;
  /** undefined: to be planned from `graph`. */
  readonly plan?: Plan;
  readonly stats?: Stats;
  readonly log?: TrainingLog;
}

export type StepRunner<K extends Step['kind'] = Step['kind']> = (
  input: StepInput<Extract<Step, { kind: K }>>,
) => Promise<StepOutput>;

export type StepRunners = { readonly [K in Step['kind']]: StepRunner<K> };

export const stepRunners: StepRunners = {
  train: () =>
    Promise.reject(
      new IntactError(
        'unsupported',
        'This build of Intact cannot train. Take the training step out of the recipe.',
      ),
    ),
};

/** Carries out one step by its runner. */
export function runStep(input: StepInput, runners: StepRunners = stepRunners): Promise<StepOutput> {
  return runners[input.step.kind](input);
}
