/** A worker's end of the wire: runs the jobs that are asked for, one after the other, and answers. */
import { runJob } from '.';
import type { WorkerContext } from './job';
import { beatInto } from './pulse';
import type { JobName, JobTable } from './types';
import {
  packError,
  sentOnce,
  transferable,
  type FromWorker,
  type Port,
  type ToWorker,
} from './wire';

/** @param run carries out one job; default: on this thread */
export function serve(port: Port, worker: WorkerContext, run: typeof runJob = runJob): void {
  const running = new Map<number, { stopped: boolean; paused: boolean }>();
  const answer = (message: FromWorker, transfer: Transferable[] = []) => {
    port.postMessage(message, { transfer });
  };
  const start = async (id: number, name: JobName, args: unknown) => {
    const stop = { stopped: false, paused: false };
    running.set(id, stop);
    const slim = sentOnce();
    try {
      const value: unknown = await run(
        name,
        args as JobTable[typeof name]['args'],
        worker,
        {
          progress: (progress) => {
            answer({ id, kind: 'progress', progress });
          },
          reading: (what) => {
            answer({ id, kind: 'reading', what });
          },
          partial: (update: unknown) => {
            answer({ id, kind: 'partial', value: slim(update) });
          },
        },
        stop,
      );
      answer({ id, kind: 'result', value: slim(value) }, transferable(value));
    } catch (thrown) {
      answer({ id, kind: 'error', error: packError(thrown) });
    } finally {
      running.delete(id);
    }
  };
  port.addEventListener('message', ({ data }) => {
    const message = data as ToWorker;
    switch (message.kind) {
      case 'run':
        if (message.threads !== undefined) worker.useThreads(message.threads);
        if (message.backend !== undefined) worker.useBackend?.(message.backend);
        beatInto(message.pulse, () => {
          answer({ id: message.id, kind: 'alive' });
        });
        void start(message.id, message.name, message.args);
        break;
      case 'stop': {
        const stop = running.get(message.id);
        if (stop) stop.stopped = true;
        break;
      }
      case 'pause':
      case 'resume': {
        const stop = running.get(message.id);
        if (stop) stop.paused = message.kind === 'pause';
        break;
      }
      default:
        message satisfies never;
    }
  });
}
