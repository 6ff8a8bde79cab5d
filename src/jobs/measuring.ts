import type { Task } from '../analysis/score';
import type { LayerResult } from '../analysis/types';
import type { Backend } from '../engine/engine';
import type { Stats } from '../quant/types';
import type { Feeds } from './feeds';
import type { Prepared } from './prepared';
import type { JobEvents, QuantizeRequest, Run } from './types';

/** Partial runs are sent at most this often. */
export const PARTIAL_EVERY_MS = 700;

/** Share of the whole job, for the progress bar. */
export const phases = {
  calibrate: [0, 0.2],
  evaluate: [0.2, 0.45],
  latency: [0.45, 0.6],
  sensitivity: [0.6, 1],
} as const;

/** What every measurement of a run works on; `run` grows. */
export interface Job {
  readonly request: QuantizeRequest;
  readonly events: JobEvents;
  readonly backend: Backend;
  readonly feeds: Feeds;
  readonly float: Prepared;
  readonly quantized: Prepared;
  readonly task: Task;
  readonly stats: Stats | undefined;
  run: Run;
}

export function reporter(events: JobEvents, [from, to]: readonly [number, number]) {
  return (label: string, done: number, total: number) => {
    events.progress({ label, fraction: from + ((to - from) * done) / Math.max(1, total) });
  };
}

export function withLayers(run: Run, change: (layer: LayerResult) => Partial<LayerResult>): Run {
  return { ...run, layers: run.layers.map((layer) => ({ ...layer, ...change(layer) })) };
}

export function without(run: Run, ...done: string[]): Run {
  return { ...run, pending: run.pending.filter((name) => !done.includes(name)) };
}
