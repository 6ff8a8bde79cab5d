/** Page of kernels.spec.ts, not shipped: compares the builds in a worker, where the studio runs them. */
import type { GpuCheck } from './gpuCheck';
import type { ThreadsCheck, VariantCheck } from '../../src/engine/wasm/browser-check';

declare global {
  interface Window {
    checkKernels?: () => Promise<VariantCheck[]>;
    checkThreads?: () => Promise<ThreadsCheck>;
    checkGpu?: () => Promise<GpuCheck>;
  }
}

/** What a worker finds; a text is what went wrong. */
function found<T extends object>(worker: Worker, what?: 'kernels' | 'threads'): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(message));
    });
    worker.addEventListener('message', ({ data }: MessageEvent<T | string>) => {
      if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    });
    if (what) worker.postMessage(what);
  });
}

const ask = <T extends object>(what: 'kernels' | 'threads') =>
  found<T>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }), what);

window.checkKernels = () => ask<VariantCheck[]>('kernels');
window.checkThreads = () => ask<ThreadsCheck>('threads');
window.checkGpu = () =>
  found<GpuCheck>(new Worker(new URL('./gpu.ts', import.meta.url), { type: 'module' }));
