/**
 * Whether a worker still lives. A worker that the browser ends for want of memory, or that closes itself,
 * says nothing; but it gives its locks back. So each holds one as long as it lives, and whoever started it
 * asks for the same.
 */
import type { WorkerLike } from './lane';

/** What is used of the Web Locks API. */
type Locks = Pick<LockManager, 'request' | 'query'>;

/** Of one worker; random, for other tabs start workers too. */
export const freshId = (): string => `${Date.now()}-${Math.random()}`;

const nameOf = (id: string) => `intact-worker ${id}`;
/** A worker is loaded in a moment; one that is slow to begin is looked after less often. */
const LOOKS = 20;
const LOOK_EVERY_MS = 100;
const LOOK_LATER_MS = 1000;

/** In the worker. */
export function holdAlive(locks: Locks | undefined, id: string): void {
  locks?.request(nameOf(id), () => new Promise<never>(() => undefined)).catch(() => undefined);
}

/**
 * The worker, whose silent end is an `error` event like any other.
 * @param id as the worker holds it; of this worker alone
 */
export function watched(worker: WorkerLike, locks: Locks | undefined, id: string): WorkerLike {
  if (!locks) return worker;
  type Listener = (event: { readonly message: string; preventDefault(): void }) => void;
  const listeners: Listener[] = [];
  const ended = new AbortController();
  const watch = async () => {
    for (let look = 0; !ended.signal.aborted; look++) {
      const { held = [] } = await locks.query();
      if (held.some(({ name }) => name === nameOf(id))) {
        await locks.request(nameOf(id), { signal: ended.signal }, () => undefined);
        const event = { message: 'it was ended from outside', preventDefault: () => undefined };
        for (const listener of listeners) listener(event);
        return;
      }
      await new Promise((resolve) =>
        setTimeout(resolve, look < LOOKS ? LOOK_EVERY_MS : LOOK_LATER_MS),
      );
    }
  };
  // From the start, for it may die before its first word. Aborted when the worker is ended on purpose.
  watch().catch(() => undefined);
  return {
    postMessage: worker.postMessage.bind(worker),
    addEventListener(type: 'message' | 'messageerror' | 'error', listener: never) {
      if (type === 'error') listeners.push(listener);
      worker.addEventListener(type as 'message', listener);
    },
    terminate() {
      ended.abort();
      worker.terminate();
    },
  };
}
