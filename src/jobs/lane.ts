/**
 * A lane: one worker, started when first needed, and the jobs that wait for it. Ending the worker
 * (cancel, a crash, a time-out) ends the job that runs and no other: those that wait get a fresh one,
 * since a worker holds nothing that a job's arguments don't rebuild.
 */
import { IntactError } from '../model/error';
import type { FromWorker, Port, ToWorker } from './wire';

export interface WorkerLike extends Port {
  terminate(): void;
  addEventListener(
    type: 'message' | 'messageerror',
    listener: (event: { readonly data: unknown }) => void,
  ): void;
  addEventListener(
    type: 'error',
    listener: (event: { readonly message: string; preventDefault(): void }) => void,
  ): void;
}

/** One job as its lane sees it. */
export interface LaneTask {
  readonly id: number;
  /** Posted when its turn has come. */
  readonly message: ToWorker;
  /** Its turn has come. */
  begun(): void;
  /** true: that was its last word. */
  receive(message: FromWorker): boolean;
  /** No further word will come. */
  fail(error: IntactError): void;
}

export interface LaneRunner {
  add(task: LaneTask): void;
  /** Asks the job to end with what it has; one that waits still has nothing and is cancelled. */
  stop(id: number): void;
  /** Asks the running job to wait at its next border, and to go on. One that waits for its turn is left alone. */
  pause(id: number, paused: boolean): void;
  /** Ends the job at once, with its worker; rejects it with `error` (default: `cancelled`). */
  cancel(id: number, error?: IntactError): void;
  cancelAll(): void;
}

const cancelled = () => new IntactError('cancelled', 'Cancelled.');

export function createLane(startWorker: () => WorkerLike): LaneRunner {
  const waiting: LaneTask[] = [];
  let running: LaneTask | undefined;
  let worker: WorkerLike | undefined;

  const next = () => {
    if (running) return;
    running = waiting.shift();
    if (!running) return;
    const { message } = running;
    try {
      worker ??= start();
      worker.postMessage(message);
      running.begun();
    } catch (thrown) {
      end(
        new IntactError('internal', `The job could not be started: ${String(thrown)}. Try again.`),
      );
    }
  };

  const end = (error: IntactError) => {
    worker?.terminate();
    worker = undefined;
    const failed = running;
    running = undefined;
    failed?.fail(error);
    next();
  };

  const start = (): WorkerLike => {
    const started = startWorker();
    started.addEventListener('message', ({ data }) => {
      const message = data as FromWorker;
      if (started !== worker || message.id !== running?.id) return;
      if (!running.receive(message)) return;
      running = undefined;
      next();
    });
    started.addEventListener('error', (event) => {
      event.preventDefault();
      if (started !== worker) return;
      const reason = event.message || 'it could not be loaded';
      end(
        new IntactError(
          'internal',
          `The worker stopped: ${reason}. Nothing else is lost; try again.`,
        ),
      );
    });
    return started;
  };

  const cancel = (id: number, error = cancelled()) => {
    if (running?.id === id) {
      end(error);
      return;
    }
    const position = waiting.findIndex((task) => task.id === id);
    if (position >= 0) waiting.splice(position, 1)[0]!.fail(error);
  };

  return {
    add(task) {
      waiting.push(task);
      next();
    },
    stop(id) {
      if (running?.id === id) worker?.postMessage({ kind: 'stop', id } satisfies ToWorker);
      else cancel(id);
    },
    pause(id, paused) {
      if (running?.id !== id) return;
      worker?.postMessage({ kind: paused ? 'pause' : 'resume', id } satisfies ToWorker);
    },
    cancel,
    cancelAll() {
      for (const task of waiting.splice(0)) task.fail(cancelled());
      if (running) end(cancelled());
    },
  };
}
