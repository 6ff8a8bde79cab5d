/** What a step of a recipe is given, and what it returns. */
import type { Scoring } from '../../analysis/score';
import type { ModelNeeds, Roles, Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import type { Split } from '../../quant/repair';
import type { Plan, Recipe, Stats, Step } from '../../quant/types';
import type { Figures, TrainingLog } from '../../run/types';
import type { JobContext } from '../job';
import type { Report } from '../progress';
import type { QuantizeUpdate, TrainingCheckpoint } from '../types';

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
  readonly needs: ModelNeeds;
  /** The model as it was opened. */
  readonly original: Graph;
  /** Plan and statistics were learned by an earlier run, not made from ranges. */
  readonly learned: boolean;
  /** Where this very step was broken off. */
  readonly resume?: TrainingCheckpoint;
  /** No further step is taken from there. */
  readonly keepAsIs?: boolean;
  /** Place among the recipe's steps. */
  readonly position: number;
  readonly backend: Backend;
  readonly context: JobContext<QuantizeUpdate>;
  readonly report: Report;
}

export interface StepOutput {
  readonly graph: Graph;
  /** undefined: to be planned from `graph`. */
  readonly plan?: Plan;
  readonly stats?: Stats;
  readonly log?: TrainingLog;
  /** The step as it was carried out, nothing left to be recommended. */
  readonly step?: Step;
  readonly fakeQuant?: Figures['fakeQuant'];
  /** What was changed, in sentences. */
  readonly said?: readonly string[];
  /** An output that is several now: what follows is scored by those. */
  readonly split?: Split;
  /** `plan` is no more learned than the one before: default with a plan, that it was. */
  readonly learned?: boolean;
}

export type StepRunner<K extends Step['kind'] = Step['kind']> = (
  input: StepInput<Extract<Step, { kind: K }>>,
) => Promise<StepOutput>;

export type StepRunners = { readonly [K in Step['kind']]: StepRunner<K> };
