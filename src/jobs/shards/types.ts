/** The table of what several workers can share, and the messages of a shard in another worker: plain data. */
import type { AnswersSetup } from '../dial/answers';
import type { BranchesTask, SampleBranches } from '../dial/branches';
import type { Branched } from '../measure/branched';
import type { ErrorsSetup, ErrorsTask, SampleErrors } from '../measure/errors';
import type {
  SampleSensitivities,
  SensitivitySetup,
  SensitivityTask,
} from '../measure/sensitivity';
import type { StatisticsSetup } from '../quantize/statistics';
import type { SampleStats } from '../../quant/stats';
import type { Inputs, Shard } from './shard';

/** One line a kind of work: what a shard is opened with, what it is asked, what it answers. */
export interface ShardTable {
  statistics: { setup: StatisticsSetup; task: Inputs; answer: readonly SampleStats[] };
  sensitivity: {
    setup: SensitivitySetup;
    task: SensitivityTask;
    answer: SampleSensitivities;
  };
  errors: { setup: ErrorsSetup; task: ErrorsTask; answer: SampleErrors };
  /** Whole models' outputs. */
  answers: { setup: AnswersSetup; task: Inputs; answer: readonly Float32Array[] };
  /** The same with one layer after another quantized. */
  branches: { setup: Branched; task: BranchesTask; answer: SampleBranches };
}
export type ShardKind = keyof ShardTable;

export type ShardOf<K extends ShardKind> = Shard<ShardTable[K]['task'], ShardTable[K]['answer']>;

export interface Question {
  readonly id: number;
  readonly call: 'open' | 'run' | 'close';
  readonly kind: ShardKind;
  readonly argument?: unknown;
}
export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };
