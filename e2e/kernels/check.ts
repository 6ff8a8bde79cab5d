/** Page of kernels.spec.ts, not shipped: compares the builds in a worker, where the studio runs them. */
import type { ThreadsCheck, VariantCheck } from '../../src/engine/wasm/browser-check';

declare global {
  interface Window {
    checkKernels?: () => Promise<VariantCheck[]>;
    checkThreads?: () => Promise<ThreadsCheck>;
  }
}

function ask<T>(what: 'kernels' | 'threads'): Promise<T> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(message));
    });
    worker.addEventListener('message', ({ data }: MessageEvent<T | string>) => {
      if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    });
    worker.postMessage(what);
  });
}

window.checkKernels = () => ask('kernels');
window.checkThreads = () => ask('threads');
