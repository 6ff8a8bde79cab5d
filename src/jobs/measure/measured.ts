/** What every measurement of a quantized run works on; the run grows. */
import type { Scoring } from '../../analysis/score';
import type { Roles, Samples } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { RunUpdate } from '../../run/types';
import type { Graph } from '../../model/graph';
import type { JobContext } from '../job';
import type { Report } from '../progress';
import type { GrowingRun } from './growing';

export type MeasuringPhase = 'evaluate' | 'latency' | 'alone';

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
  readonly growing: GrowingRun;
}
