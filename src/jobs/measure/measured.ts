/** What every measurement of a quantized run works on; the run grows. */
import type { Scoring } from '../../analysis/score';
import type { Roles, Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import type { Computed, RunUpdate } from '../../run/types';
import type { JobContext } from '../job';
import type { Prepared } from '../prepared';
import type { Report } from '../progress';
import type { GrowingRun } from './growing';

export type MeasuringPhase = 'evaluate' | 'latency' | 'alone';

/** Who answers the samples whose layers nobody looks at; `computed` says it in the run. */
export interface Answering {
  /** undefined: WASM, as all other samples. */
  readonly models?: {
    readonly quantized: Prepared;
    readonly original: Prepared;
    readonly batch: number;
  };
  /** As it stands now: with why the GPU was given up. */
  computed(answered: number): Computed;
}

export interface Measured {
  readonly context: JobContext<RunUpdate>;
  readonly report: Readonly<Record<MeasuringPhase, Report>>;
  readonly backend: Backend;
  readonly samples: Samples;
  readonly roles: Roles;
  readonly scorings: readonly Scoring[];
  /** The float graph that the plan was made for, ready to run: what every layer is compared with. */
  readonly float: Graph;
  readonly quantized: Graph;
  /** The model as it was opened: what the scores are compared with; `float` itself where no step changed it. */
  readonly original: Graph;
  readonly answering: Answering;
  readonly growing: GrowingRun;
}
