/** A thread of node's as the jobs know workers: the file beside this bundle that computes gradients. */
import { Worker, type Transferable } from 'node:worker_threads';
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
