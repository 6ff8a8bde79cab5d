/**
 * A worker's sign of life as it reaches the page: a counter in memory that both share, so that a thread in
 * the middle of a step can raise it; where memory can't be shared, a message now and then.
 */
import { beat, onBeat } from '../engine/pulse';
import type { Lock } from './cores';

const TELL_EVERY_MS = 1000;

/** undefined: memory can't be shared here. */
export function sharedCounter(): Int32Array<SharedArrayBuffer> | undefined {
  const isolated = typeof crossOriginIsolated !== 'boolean' || crossOriginIsolated;
  return isolated && typeof SharedArrayBuffer === 'function'
    ? new Int32Array(new SharedArrayBuffer(4))
    : undefined;
}

/** In the worker, from now on. @param tell posts a message; used without a counter, at most once a second */
export function beatInto(counter: Int32Array<SharedArrayBuffer> | undefined, tell: () => void) {
  if (counter) {
    onBeat(() => void Atomics.add(counter, 0, 1));
    return;
  }
  let told = 0;
  onBeat(() => {
    const now = performance.now();
    if (now - told < TELL_EVERY_MS) return;
    told = now;
    tell();
  });
}

/** Whoever waits for cores lives, however long others compute. */
export function beating(lock: Lock): Lock {
  return {
    ...lock,
    take(mode) {
      const timer = setInterval(beat, TELL_EVERY_MS);
      return lock.take(mode).finally(() => {
        clearInterval(timer);
      });
    },
  };
}
