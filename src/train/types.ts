/** What a training is asked and what it answers. Plain data, apart from what reads samples and scores. */
import type { Graph } from '../model/graph';
import type { Plan } from '../quant/types';
import type { TrainBackend } from './backend';
import type { Checkpoint } from './checkpoint';
import type { Frozen } from './flow';
import type { GradientWorker, Outputs, WorkerSetup } from './gradientWorker';
import type { EpochLog, Score } from './log';
import type { TrainOptions } from './options';

export interface TrainSamples {
  readonly count: number;
  /** Per graph input the sample's real numbers. */
  read(index: number): Promise<readonly Float32Array[]> | readonly Float32Array[];
  /** A class, classes of every place, or numbers; undefined: the sample has none. */
  target?(index: number): number | Int32Array | Float32Array | undefined;
}

export interface StepEvent {
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly samples: number;
  readonly learningRate: number;
}
export interface TrainRequest {
  /** The optimized float graph: folded and fused. */
  readonly graph: Graph;
  /** The float model that is learned from, of the same outputs; default: `graph` as it is at the start. */
  readonly teacher?: Graph;
  /** Drives fake quantization; its scales are where learned ones begin. */
  readonly plan: Plan;
  readonly options: TrainOptions;
  /** Default wasm. */
  readonly backend?: TrainBackend;
  /** Folder (with its slash) or address of tfjs-backend-wasm-simd.wasm; in node a path. */
  readonly wasmPath: string;
  readonly samples: TrainSamples;
  /** On the selection samples, after every epoch. Graph and plan are what convert takes. */
  score?(graph: Graph, plan: Plan): Promise<Score>;
  readonly resume?: Checkpoint;
  readonly events?: {
    step?(event: StepEvent): void;
    epoch?(log: EpochLog): void;
    /** After every epoch, and within one after `checkpointSeconds`. */
    checkpoint?(checkpoint: Checkpoint): void;
  };
  /** Default 30. */
  readonly checkpointSeconds?: number;
  /**
   * Asked between steps; may take its time (a pause), and should let the thread's events in. `stop`
   * keeps what is trained, `cancel` throws IntactError `cancelled`.
   */
  border?(): Promise<Order> | Order;
  /** Workers that share out the passes of a step; default: one in this thread. */
  workers?(setup: WorkerSetup): Promise<readonly GradientWorker[]>;
}
export type Order = 'continue' | 'stop' | 'cancel';

export interface TrainResult {
  /** The float graph with trained weights. */
  readonly graph: Graph;
  /** The plan with learned scales. */
  readonly plan: Plan;
  readonly log: readonly EpochLog[];
  readonly chosenEpoch: number;
  readonly stopped: 'finished' | 'patience' | 'user';
  readonly frozen: readonly Frozen[];
  /** Weights that oscillated and were frozen, of all. */
  readonly oscillating: { readonly frozen: number; readonly of: number };
  /** Sizes that the samples were passed in; 1 where the graph takes no batch. */
  readonly microBatch: number;
}

export interface Trainer {
  readonly frozen: readonly Frozen[];
  /** Trained numbers: weights and biases, and scales. */
  readonly trainable: { readonly weights: number; readonly scales: number };
  run(): Promise<TrainResult>;
  /** Fake-quantized outputs of samples, with the parameters of the result (before `run`: of the start). */
  outputs(samples: readonly (readonly Float32Array[])[], taps?: boolean): Promise<Outputs>;
  dispose(): void;
}
