/** What a job is, and what it is given besides its arguments. */
import type { Backend } from '../engine/engine';
import type { TrainBackend } from '../train';
import type { Cores, Share } from './cores';
import type { WorkerLike } from './lane';
import type { LiteRtRunner } from './verify/litert';
import type { JobEvents, JobName, JobTable, StopFlag } from './types';
import type { OpenSamples } from './data/samples';

/** Made once per worker; holds nothing that can't be made anew. */
export interface WorkerContext {
  /** The engine that figures are made with; loaded when first asked for. */
  backend(): Promise<Backend>;
  /** The GPU of this thread, opened when first asked for, or why there is none; undefined: never asked. */
  gpu?(): Promise<Backend | string>;
  /** Opens a .tflite in the runtime that verifies exports. */
  openInLiteRt(bytes: Uint8Array): Promise<LiteRtRunner>;
  /** Samples as readers; the last set stays open for the next job. */
  openSamples: OpenSamples;
  readonly cores: Cores;
  /** Undefined: nothing can be trained here. */
  readonly training?: TrainingPlace;
}

/** What training finds on this machine. */
export interface TrainingPlace {
  /** Default wasm. */
  readonly backend?: TrainBackend;
  /** Folder (with its slash) of tfjs-backend-wasm-simd.wasm; in node a path. */
  readonly wasmPath: string;
  /** Starts a thread that computes gradients (workers/train.ts); undefined: none can be had. */
  startWorker?(): WorkerLike;
}

export interface JobContext<P = never> extends Omit<WorkerContext, 'cores'> {
  readonly events: JobEvents<P>;
  readonly stop: StopFlag;
  readonly share: Share;
}

export type Job<N extends JobName> = (
  args: JobTable[N]['args'],
  context: JobContext<JobTable[N]['partial']>,
) => Promise<JobTable[N]['result']>;

export type JobList = { readonly [N in JobName]: Job<N> };
