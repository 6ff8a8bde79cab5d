/** The context of a worker, of node and of tests: engine, runtime and cores as arguments. */
import { createBackend } from '../engine/backends';
import type { Backend, BackendId } from '../engine/engine';
import { beat } from '../engine/pulse';
import type { HelperWorker } from '../engine/wasm/threads/block';
import { adapterFacts, createWebGpuBackend, gpuHere } from '../engine/webgpu';
import { mostThreads, type Cores, type Share } from './cores';
import { samplesOpener } from './data/samples';
import type { GpuPlace, JobContext, JobShare, TrainingPlace, WorkerContext } from './job';
import type { WorkerLike } from './lane';
import { createHelpers, noHelpers } from './shards/helpers';
import type { BackendChoice, JobEvents, StopFlag } from './types';
import { litertLoader } from './verify/litert';

export interface ContextOptions {
  readonly cores: Cores;
  /** Default: the fastest that this thread can have. */
  readonly engine?: BackendId;
  /** Starts a helper thread of the engine (workers/kernels.ts); without it the engine has one thread. */
  readonly startHelper?: () => HelperWorker;
  /** Starts a worker that shares a job's samples; without it, and with one thread, a job computes alone. */
  readonly startShard?: () => WorkerLike;
  /** Samples may be answered on the GPU; without it WASM alone. */
  readonly webgpu?: Pick<GpuPlace, 'version' | 'remembered'>;
  /** URL of the folder with LiteRT.js' wasm files; without it nothing can be verified. */
  readonly litert?: string;
  /** Without it nothing can be trained. */
  readonly training?: TrainingPlace;
}

export function createContext(options: ContextOptions): WorkerContext {
  const { cores, engine, startHelper, startShard, litert, training, webgpu } = options;
  let made: { readonly threads: number; readonly backend: Promise<Backend> } | undefined;
  let threads = 1;
  const backend = () => {
    if (made?.threads !== threads) {
      void made?.backend.then((before) => before.end?.());
      const helpers = startHelper && { count: threads, start: startHelper };
      made = { threads, backend: createBackend(engine, { threads: helpers }) };
    }
    return made.backend;
  };
  let choice: BackendChoice = 'auto';
  return {
    backend,
    ...(webgpu && { gpu: gpuPlace(backend, webgpu) }),
    useBackend(chosen) {
      choice = chosen;
    },
    choice: () => choice,
    useThreads(count) {
      threads = Math.max(1, Math.min(mostThreads, Math.floor(count)));
    },
    cores,
    openInLiteRt: litertLoader(litert),
    openSamples: samplesOpener(backend),
    ...(training && { training }),
    // With one thread asked for, none is started.
    ...(startShard && { startShard, threads: () => threads }),
  };
}

function gpuPlace(
  backend: () => Promise<Backend>,
  about: Pick<GpuPlace, 'version' | 'remembered'>,
): GpuPlace {
  let opened: Promise<Backend | string> | undefined;
  const open = async () => {
    const now = await backend();
    // The GPU outlives an engine that is made anew with another number of threads.
    const fallback: Backend = {
      id: now.id,
      label: now.label,
      prepare: async (...given) => (await backend()).prepare(...given),
    };
    return createWebGpuBackend({ fallback });
  };
  return {
    ...about,
    adapter: () => adapterFacts(gpuHere()),
    async open() {
      const before = await opened;
      if (typeof before === 'object' && before.gone?.() === undefined) return before;
      return (opened = open());
    },
  };
}

/** Runs `work` with a share of the cores and what a job needs. */
export function withJobContext<P, T>(
  { cores, openSamples, startShard, threads, ...worker }: WorkerContext,
  events: JobEvents<P>,
  stop: StopFlag,
  work: (context: JobContext<P>) => Promise<T>,
): Promise<T> {
  return cores.share(async (share) => {
    const lent = lending(share, worker.backend, threads);
    const helpers = startShard ? createHelpers(startShard) : noHelpers;
    const backend = async () => {
      const made = await worker.backend();
      await lent.lend(made);
      return made;
    };
    try {
      return await work({
        ...worker,
        backend,
        openSamples: (request, model) => openSamples(request, model, events.reading),
        events,
        stop,
        share: pausing(lent.share, stop),
        helpers,
      });
    } finally {
      helpers.end();
    }
  });
}

/** How often a job looks how many others compute. */
const LEND_EVERY_MS = 50;

/**
 * The engine's threads are divided among the jobs that hold a share; a timing has them all.
 * @param threads cores that workers may use where the engine has one thread
 */
function lending(share: Share, backend: () => Promise<Backend>, threads = () => 1) {
  let used: Backend | undefined;
  let looked = 0;
  let beside = 1;
  let others = 0;
  const apply = () => {
    const own = Math.floor((used?.threads ?? 1) / beside) - others;
    used?.useThreads?.(Math.max(1, own));
  };
  const lend = async (made: Backend) => {
    used = made;
    looked = performance.now();
    beside = await share.beside();
    apply();
  };
  const lent: JobShare = {
    ...share,
    lent: () =>
      used?.id === 'wasm' ? Math.floor(Math.max(used.threads ?? 1, threads()) / beside) : 1,
    others(count) {
      if (count === others) return;
      others = count;
      apply();
    },
    async border(quiet) {
      await share.border(quiet);
      if (used && performance.now() - looked > LEND_EVERY_MS) await lend(used);
    },
    all: (work) =>
      share
        .all(async (border) => {
          const made = await backend();
          made.useThreads?.(made.threads ?? 1);
          return work(border);
        })
        .finally(() => (used ? lend(used) : undefined)),
  };
  return { lend, share: lent };
}

/** How often a paused job looks whether it may go on. */
const PAUSED_MS = 50;

/** Borders at which a paused job waits; a timing that waits for all cores goes first meanwhile. */
function pausing(share: JobShare, stop: StopFlag): JobShare {
  return {
    ...share,
    async border(quiet) {
      beat();
      await share.border(quiet);
      while (stop.paused && !stop.stopped) {
        beat();
        await new Promise((resolve) => setTimeout(resolve, PAUSED_MS));
        await share.border(quiet);
      }
    },
  };
}
