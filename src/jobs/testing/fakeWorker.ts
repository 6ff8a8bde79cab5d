/** A worker in this thread: messages are copied as between threads, and come in the order of sending. */
import type { WorkerLike } from '../lane';
import type { Port } from '../wire';

type Listener = (event: { readonly data: unknown }) => void;
interface Crash {
  readonly message: string;
  preventDefault(): void;
}

export interface FakeWorker {
  /** The page's end. */
  readonly worker: WorkerLike;
  /** The worker's own. */
  readonly inside: Port;
  crash(message: string): { prevented: boolean };
  readonly terminated: boolean;
}

export function fakeWorker(): FakeWorker {
  const page: Listener[] = [];
  const inside: Listener[] = [];
  const crashes: ((event: Crash) => void)[] = [];
  let terminated = false;
  const post = (to: Listener[]) => (message: unknown) => {
    const data: unknown = structuredClone(message);
    queueMicrotask(() => {
      if (!terminated) for (const listener of to) listener({ data });
    });
  };
  const worker = {
    postMessage: post(inside),
    addEventListener(type: string, listener: never) {
      if (type === 'message') page.push(listener);
      if (type === 'error') crashes.push(listener);
    },
    terminate() {
      terminated = true;
    },
  } as WorkerLike;
  return {
    worker,
    inside: {
      postMessage: post(page),
      addEventListener: (_, listener) => {
        inside.push(listener);
      },
    },
    crash(message) {
      const seen = { prevented: false };
      const event: Crash = {
        message,
        preventDefault: () => {
          seen.prevented = true;
        },
      };
      for (const listener of crashes) listener(event);
      return seen;
    },
    get terminated() {
      return terminated;
    },
  };
}
