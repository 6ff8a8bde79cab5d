/** Page of kernels.spec.ts, not shipped: compares the builds in a worker, where the studio runs them. */
import type { GpuCheck } from './gpuCheck';
import type { VariantCheck } from '../../src/engine/wasm/browser-check';

declare global {
  interface Window {
    checkKernels?: () => Promise<VariantCheck[]>;
    checkGpu?: () => Promise<GpuCheck>;
  }
}

/** What a worker finds; a text is what went wrong. */
function found<T extends object>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(message));
    });
    worker.addEventListener('message', ({ data }: MessageEvent<T | string>) => {
      if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    });
  });
}

window.checkKernels = () =>
  found<VariantCheck[]>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
window.checkGpu = () =>
  found<GpuCheck>(new Worker(new URL('./gpu.ts', import.meta.url), { type: 'module' }));
