import { IntactError } from '../model/error';
import { restored } from './slim';
import type { JobEvents, Jobs } from './types';
import { proxy, wrap, type Remote } from './wire';

export interface JobsClient extends Jobs {
  /** Ends the running job at once: its promise rejects with code `cancelled`. Nothing else is lost. */
  cancel(): void;
}

/** Reading a model must not hang on a hostile file: the worker is ended after this long without a word. */
const OPEN_LIMIT_MS = 20_000;

interface Running {
  readonly worker: Worker;
  readonly remote: Remote<Jobs>;
}

/**
 * The jobs behind a worker that is started when first needed and ended by `cancel`, by a crash or by
 * a time-out; the next call starts a fresh one (a worker holds nothing that can't be rebuilt).
 */
export function createJobs(): JobsClient {
  let running: Running | undefined;
  const pending = new Set<(error: IntactError) => void>();

  const stop = (error: IntactError) => {
    running?.worker.terminate();
    running = undefined;
    for (const reject of pending) reject(error);
    pending.clear();
  };

  const start = (): Running => {
    const worker = new Worker(new URL('../../workers/jobs.ts', import.meta.url), {
      type: 'module',
      name: new URL(document.baseURI).pathname,
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      stop(
        new IntactError(
          'internal',
          `The worker stopped: ${event.message || 'it could not be loaded'}. Nothing else is lost; try again.`,
        ),
      );
    });
    return { worker, remote: wrap<Jobs>(worker) };
  };

  const call = <T>(
    job: (remote: Remote<Jobs>, events: (on: JobEvents) => JobEvents) => Promise<T>,
    limit?: { ms: number; error: string },
  ): Promise<T> => {
    running ??= start();
    const { remote } = running;
    let over = false;
    // Events come through ports of their own, so that a last one may arrive after the result.
    const events = ({ progress, partial }: JobEvents): JobEvents =>
      proxy({
        progress: (now) => {
          if (!over) progress(now);
        },
        ...(partial && {
          partial: restored((run) => {
            if (!over) partial(run);
          }),
        }),
      });
    return new Promise<T>((resolve, reject) => {
      const fail = (error: IntactError) => {
        over = true;
        reject(error);
      };
      pending.add(fail);
      const timer = limit
        ? setTimeout(() => {
            stop(new IntactError('malformed', limit.error));
          }, limit.ms)
        : undefined;
      void job(remote, events)
        .then(resolve, reject)
        .finally(() => {
          over = true;
          pending.delete(fail);
          clearTimeout(timer);
        });
    });
  };

  return {
    openModel: (files, on) =>
      call((jobs, events) => jobs.openModel(files, events(on)), {
        ms: OPEN_LIMIT_MS,
        error:
          'The file could not be read in 20 seconds; it is probably damaged. Save the model again and retry.',
      }),
    readData: (files, inputShape, on) =>
      call((jobs, events) => jobs.readData(files, inputShape, events(on))),
    choosePreprocessing: (model, dataset, on) =>
      call((jobs, events) => jobs.choosePreprocessing(model, dataset, events(on))),
    syntheticData: (inputShape, count, seed) =>
      call((jobs) => jobs.syntheticData(inputShape, count, seed)),
    quantize: (request, on) => call((jobs, events) => jobs.quantize(request, events(on))),
    evaluate: (model, samples, on) =>
      call((jobs, events) => jobs.evaluate(model, samples, events(on))),
    exportTflite: (model, run, io) => call((jobs) => jobs.exportTflite(model, run, io)),
    verify: (model, run, samples, on) =>
      call((jobs, events) => jobs.verify(model, run, samples, events(on))),
    cancel: () => {
      stop(new IntactError('cancelled', 'Cancelled.'));
    },
  };
}
