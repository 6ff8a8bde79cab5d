/** Threads of node's as the jobs know workers: the files beside this bundle that compute gradients and kernels. */
import { Worker, type Transferable } from 'node:worker_threads';
import type { HelperWorker } from '../engine/wasm/threads/block';
import type { WorkerLike } from '../jobs/lane';

type Listener = (event: { readonly data: unknown }) => void;
type Crash = (event: { readonly message: string; preventDefault(): void }) => void;

export function startThread(file: URL): WorkerLike {
  const thread = new Worker(file);
  const crashed = (listener: Crash) => (message: string) => {
    listener({ message, preventDefault: () => undefined });
  };
  let ended = false;
  return {
    // Both forms, as a browser's worker takes them.
    postMessage(message, given?: readonly unknown[] | { transfer?: readonly unknown[] }) {
      const transfer = given && 'transfer' in given ? given.transfer : given;
      thread.postMessage(message, transfer as readonly Transferable[] | undefined);
    },
    addEventListener(type: 'message' | 'messageerror' | 'error', listener: never) {
      if (type !== 'error') {
        thread.on(type, (data: unknown) => {
          (listener as Listener)({ data });
        });
        return;
      }
      const say = crashed(listener);
      thread.on('error', ({ message }) => {
        say(message);
      });
      thread.on('exit', () => {
        if (!ended) say('it was ended from outside');
      });
    },
    terminate() {
      ended = true;
      void thread.terminate();
    },
  };
}

/**
 * Helpers of the engine. An unreferenced thread's port would still keep the process alive: whoever is done ends
 * them. @param file kernels.ts as a script of its own
 */
export function helperThreads(file: URL): { start(): HelperWorker; end(): void } {
  const threads: WorkerLike[] = [];
  return {
    start() {
      const thread = startThread(file);
      threads.push(thread);
      return thread as HelperWorker;
    },
    end() {
      for (const thread of threads) thread.terminate();
    },
  };
}
