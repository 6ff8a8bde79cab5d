/**
 * Work on many samples that several workers can share: a shard is opened once and runs one sample at a
 * time; whoever ran a sample, its answer is the same, bit for bit. Plain data: it crosses a thread border.
 */
import type { ErrorsSetup, ErrorsTask, SampleErrors } from '../measure/errors';
import type {
  SampleSensitivities,
  SensitivitySetup,
  SensitivityTask,
} from '../measure/sensitivity';
import type { StatisticsSetup } from '../quantize/statistics';
import type { SampleStats } from '../../quant/stats';

export type Inputs = readonly Float32Array[];

/** One line a kind of work: what a shard is opened with, what it is asked, what it answers. */
export interface ShardTable {
  statistics: { setup: StatisticsSetup; task: Inputs; answer: readonly SampleStats[] };
  sensitivity: {
    setup: SensitivitySetup;
    task: SensitivityTask;
    answer: SampleSensitivities;
  };
  errors: { setup: ErrorsSetup; task: ErrorsTask; answer: SampleErrors };
}
export type ShardKind = keyof ShardTable;

export interface Shard<K extends ShardKind> {
  run(task: ShardTable[K]['task']): Promise<ShardTable[K]['answer']>;
  dispose(): void;
}

export interface Question {
  readonly id: number;
  readonly call: 'open' | 'run' | 'close';
  readonly kind: ShardKind;
  readonly argument?: unknown;
}
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
