/**
 * The jobs as the page calls them: each in the worker of its lane, so that export, verification and
 * inspection go on while a long job runs.
 */
import { IntactError } from '../model/error';
import { freshId, watched } from './alive';
import { createLane, type LaneRunner, type WorkerLike } from './lane';
import { sharedCounter } from './pulse';
import { READING_S, watchStall, type Stalled, type StallWatch } from './stall';
import { lanes, type JobEvents, type JobName, type JobTable, type Lane } from './types';
import { madeWhole, unpackError, type ToWorker } from './wire';

export interface JobHandle<N extends JobName> {
  readonly id: number;
  readonly name: N;
  readonly lane: Lane;
  /** Rejects with an IntactError: the job's own, `cancelled`, or `internal` when its worker crashed. */
  readonly result: Promise<JobTable[N]['result']>;
  /** The job ends at its next step's border and resolves with what it has. */
  stop(): void;
  /** The job waits at its next step's border until it may go on. */
  pause(): void;
  resume(): void;
  /** Counts anew how long it shows no sign of life. */
  wait(): void;
  /** The job ends at once, with its worker. Other jobs, of this lane too, are untouched. */
  cancel(): void;
}

/** What the page hears of a job: what the worker says, and whether it gets on. */
export type PageEvents<P> = Partial<JobEvents<P>> & {
  /** No sign of life for long; undefined: it gets on again. The job goes on until somebody ends it. */
  stalled?(now: Stalled | undefined): void;
};

/** Threads of the engine and who answers samples; undefined: as before. */
export type EngineChoice = Pick<Extract<ToWorker, { kind: 'run' }>, 'threads' | 'backend'>;

export interface JobsClient {
  /**
   * Runs a job after those before it in its lane. A partial result comes whole: what was sent once
   * before is put back, the very same object each time.
   */
  start<N extends JobName>(
    name: N,
    args: JobTable[N]['args'],
    events?: PageEvents<JobTable[N]['partial']>,
  ): JobHandle<N>;
  /** Ends every job, running or waiting. */
  cancelAll(): void;
}

/** Reading a model must not hang on a hostile file: its worker is ended this long after its first word, or without one. */
const limits: { readonly [N in JobName]?: { readonly ms: number; readonly error: string } } = {
  openModel: {
    ms: 20_000,
    error:
      'The file could not be read in 20 seconds; it is probably damaged. Save the model again and retry.',
  },
};

const silent = (what: string) =>
  new IntactError(
    'bad-data',
    `Reading "${what}" made no progress in ${READING_S} seconds, so it was ended; nothing else is lost. The file is probably damaged or of a size that takes too long: save it again, or leave it out.`,
  );

function browserWorker(lane: Lane): WorkerLike {
  // The worker finds the page's other files by the path in its name; all of it is its own.
  const name = `${new URL(document.baseURI).pathname}#${lane} ${freshId()}`;
  const worker = new Worker(new URL('../../workers/jobs.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return watched(worker, navigator.locks as LockManager | undefined, name);
}

/** Without Web Locks (no secure context) workers can't keep out of each other's timings: there is one. */
const canLock = () => typeof navigator !== 'undefined' && 'locks' in navigator;

/**
 * @param startWorker makes a lane's worker; default: workers/jobs.ts
 * @param apart each lane has a worker of its own
 * @param engine how the engine runs for the job that begins now; default: one thread, the faster backend
 */
export function createJobs(
  startWorker: (lane: Lane) => WorkerLike = browserWorker,
  apart: boolean = canLock(),
  engine: () => EngineChoice = () => ({}),
): JobsClient {
  const opened = new Map<Lane, LaneRunner>();
  let nextId = 1;
  const laneOf = (lane: Lane): LaneRunner => {
    let runner = opened.get(lane);
    if (!runner) opened.set(lane, (runner = createLane(() => startWorker(lane))));
    return runner;
  };
  return {
    start(name, args, events = {}) {
      const id = nextId++;
      const lane = apart ? lanes[name] : 'main';
      const runner = laneOf(lane);
      const pulse = sharedCounter();
      let watching: StallWatch | undefined;
      const result = new Promise<JobTable[typeof name]['result']>((resolve, reject) => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const limit = limits[name];
        const watch = () => {
          if (!limit) return;
          clearTimeout(timer);
          timer = setTimeout(() => {
            runner.cancel(id, new IntactError('malformed', limit.error));
          }, limit.ms);
        };
        let heard = false;
        const stalled = (now: Stalled | undefined) => {
          // Opening ends by itself: nothing was computed yet that could be lost.
          if (lanes[name] === 'main' && now?.reading !== undefined)
            runner.cancel(id, silent(now.reading));
          else events.stalled?.(now);
        };
        const ended = () => {
          clearTimeout(timer);
          watching?.end();
        };
        const whole = madeWhole();
        runner.add({
          id,
          message: { kind: 'run', id, name, args, ...engine(), ...(pulse && { pulse }) },
          begun() {
            watch();
            watching = watchStall(() => (pulse ? Atomics.load(pulse, 0) : 0), stalled);
          },
          receive(message) {
            watching?.sign();
            switch (message.kind) {
              case 'progress':
                // It may have waited for cores until now.
                if (!heard) watch();
                heard = true;
                events.progress?.(message.progress);
                return false;
              case 'reading':
                watching?.reading(message.what);
                return false;
              case 'alive':
                return false;
              case 'partial': {
                // Heard or not: what is settled comes with the first one only.
                const update = whole(message.value);
                events.partial?.(update as JobTable[typeof name]['partial']);
                return false;
              }
              case 'result':
                ended();
                resolve(whole(message.value) as JobTable[typeof name]['result']);
                return true;
              case 'error':
                ended();
                reject(unpackError(message.error));
                return true;
              default:
                return message satisfies never;
            }
          },
          fail(error) {
            ended();
            reject(error);
          },
        });
      });
      return {
        id,
        name,
        lane,
        result,
        stop: () => {
          runner.stop(id);
        },
        pause: () => {
          runner.pause(id, true);
        },
        resume: () => {
          runner.pause(id, false);
        },
        wait: () => {
          watching?.wait();
        },
        cancel: () => {
          runner.cancel(id);
        },
      };
    },
    cancelAll() {
      for (const runner of opened.values()) runner.cancelAll();
    },
  };
}
