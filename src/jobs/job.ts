/** What a job is, and what it is given besides its arguments. */
import type { Backend } from '../engine/engine';
import type { AdapterFacts } from '../engine/webgpu';
import type { TrainBackend } from '../train';
import type { Cores, Share } from './cores';
import type { Helpers } from './shards/helpers';
import type { WorkerLike } from './lane';
import type { LiteRtRunner } from './verify/litert';
import type { BackendChoice, JobEvents, JobName, JobTable, StopFlag } from './types';
import type { OpenSamples } from './data/samples';

/** The GPU of this thread. */
export interface GpuPlace {
  /** What the browser tells of the adapter, without opening it; a sentence where there is none. */
  adapter(): Promise<AdapterFacts | string>;
  /** Opened when first asked for, anew when the device was lost; a sentence where it can't be had. */
  open(): Promise<Backend | string>;
  /** Of the browser: stands for the driver in what is remembered, which WebGPU doesn't name. */
  readonly version: string;
  readonly remembered?: Remembered;
}

/** What was measured here before: by key, plain data. Losing it costs a measurement. */
export interface Remembered {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
}

/** Made once per worker; holds nothing that can't be made anew. */
export interface WorkerContext {
  /** The engine that figures are made with; loaded when first asked for. */
  backend(): Promise<Backend>;
  /** Threads of the engine from the next job on; an engine with another number is made anew. */
  useThreads(count: number): void;
  /** Undefined: this program has WASM alone. */
  readonly gpu?: GpuPlace;
  /** Who answers samples from the next job on. */
  useBackend?(choice: BackendChoice): void;
  /** Default: 'auto'. */
  choice?(): BackendChoice;
  /** Opens a .tflite in the runtime that verifies exports. */
  openInLiteRt(bytes: Uint8Array): Promise<LiteRtRunner>;
  /** Samples as readers; the last set stays open for the next job. */
  openSamples: OpenSamples;
  readonly cores: Cores;
  /** Starts a worker that shares a job's samples (workers/shard.ts); undefined: there is only this thread. */
  startShard?(): WorkerLike;
  /** Threads that were asked for; default: one. */
  threads?(): number;
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

export interface JobContext<P = never> extends Omit<
  WorkerContext,
  'cores' | 'startShard' | 'threads'
> {
  readonly events: JobEvents<P>;
  readonly stop: StopFlag;
  readonly share: JobShare;
  /** Workers of this job beside its engine. */
  readonly helpers: Helpers;
}

export interface JobShare extends Share {
  /** Cores that this job may use now. */
  lent(): number;
  /** So many workers of this job compute beside its engine, whose threads make room for them. */
  others(count: number): void;
}

export type Job<N extends JobName> = (
  args: JobTable[N]['args'],
  context: JobContext<JobTable[N]['partial']>,
) => Promise<JobTable[N]['result']>;

export type JobList = { readonly [N in JobName]: Job<N> };
