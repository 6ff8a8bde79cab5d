/** Quantization-aware training. Load this room only when training starts: it brings TF.js. */
export { createTrainer } from './trainer';
export { createGradientWorker, explained } from './gradientWorker';
export type {
  GradientWorker,
  MicroBatch,
  MicroGradients,
  Outputs,
  WorkerSetup,
} from './gradientWorker';
export { connectGradientWorker, serveGradients, type Port, type RemoteWorker } from './port';
export type { Checkpoint } from './checkpoint';
export type { TrainBackend } from './backend';
export type { TrainOptions } from './options';
export { microBatchFor, recommendedOptions } from './recommend';
export type { Frozen } from './flow';
export type { EpochLog, Score } from './log';
export type { Order, StepEvent, Trainer, TrainRequest, TrainResult, TrainSamples } from './types';
