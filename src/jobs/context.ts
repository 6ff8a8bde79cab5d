/** The context of a worker, of node and of tests: engine, runtime and cores as arguments. */
import { createBackend } from '../engine/backends';
import type { Backend, BackendId } from '../engine/engine';
import { createWebGpuBackend } from '../engine/webgpu';
import type { Cores, Share } from './cores';
import { samplesOpener } from './data/samples';
import type { JobContext, TrainingPlace, WorkerContext } from './job';
import type { JobEvents, StopFlag } from './types';
import { litertLoader } from './verify/litert';

export interface ContextOptions {
  readonly cores: Cores;
  /** Default: the fastest that this thread can have. */
  readonly engine?: BackendId;
  /** Integer models may be evaluated on the GPU where that is faster. */
  readonly webgpu?: boolean;
  /** URL of the folder with LiteRT.js' wasm files; without it nothing can be verified. */
  readonly litert?: string;
  /** Without it nothing can be trained. */
  readonly training?: TrainingPlace;
}

export function createContext(options: ContextOptions): WorkerContext {
  const { cores, engine, litert, training, webgpu } = options;
  let made: Promise<Backend> | undefined;
  const backend = () => (made ??= createBackend(engine));
  let opened: Promise<Backend | string> | undefined;
  const gpu = () =>
    (opened ??= backend().then((fallback) =>
      createWebGpuBackend({ fallback, refuseSoftware: true }),
    ));
  return {
    backend,
    ...(webgpu && { gpu }),
    cores,
    openInLiteRt: litertLoader(litert),
    openSamples: samplesOpener(backend),
    ...(training && { training }),
  };
}

/** Runs `work` with a share of the cores and what a job needs. */
export function withJobContext<P, T>(
  { cores, openSamples, ...worker }: WorkerContext,
  events: JobEvents<P>,
  stop: StopFlag,
  work: (context: JobContext<P>) => Promise<T>,
): Promise<T> {
  return cores.share((share) =>
    work({
      ...worker,
      openSamples: (request, model) => openSamples(request, model, events.reading),
      events,
      stop,
      share: pausing(share, stop),
    }),
  );
}

/** How often a paused job looks whether it may go on. */
const PAUSED_MS = 50;

/** Borders at which a paused job waits; a timing that waits for all cores goes first meanwhile. */
function pausing(share: Share, stop: StopFlag): Share {
  return {
    ...share,
    async border() {
      await share.border();
      while (stop.paused && !stop.stopped) {
        await new Promise((resolve) => setTimeout(resolve, PAUSED_MS));
        await share.border();
      }
    },
  };
}
