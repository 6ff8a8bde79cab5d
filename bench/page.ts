/** Page of run.mjs, not shipped: every model is measured in a worker of its own. */
import type { BenchRequest, BenchResult } from './types';

declare global {
  interface Window {
    bench?: (request: BenchRequest) => Promise<BenchResult[]>;
  }
}

window.bench = (request) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(message));
    });
    worker.addEventListener('message', ({ data }: MessageEvent<BenchResult[] | string>) => {
      worker.terminate();
      if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    });
    worker.postMessage(request);
  });
