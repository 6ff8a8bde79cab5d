/** The context of a worker, of node and of tests: engine, runtime and cores as arguments. */
import { createBackend } from '../engine/backends';
import type { Backend, BackendId } from '../engine/engine';
import type { Cores } from './cores';
import { samplesOpener } from './data/samples';
import type { JobContext, WorkerContext } from './job';
import type { JobEvents, StopFlag } from './types';
import { litertLoader } from './verify/litert';

export interface ContextOptions {
  readonly cores: Cores;
  /** Default: the fastest that this thread can have. */
  readonly engine?: BackendId;
  /** URL of the folder with LiteRT.js' wasm files; without it nothing can be verified. */
  readonly litert?: string;
}

export function createContext({ cores, engine, litert }: ContextOptions): WorkerContext {
  let made: Promise<Backend> | undefined;
  const backend = () => (made ??= createBackend(engine));
  return {
    backend,
    cores,
    openInLiteRt: litertLoader(litert),
    openSamples: samplesOpener(backend),
  };
}

/** Runs `work` with a share of the cores and what a job needs. */
export function withJobContext<P, T>(
  { cores, ...worker }: WorkerContext,
  events: JobEvents<P>,
  stop: StopFlag,
  work: (context: JobContext<P>) => Promise<T>,
): Promise<T> {
  return cores.share((share) => work({ ...worker, events, stop, share }));
}
