/** Page of webgpuTraining.spec.ts, not shipped: training steps in a worker, where the studio trains. */
import type { StepsRequest, StepsResult } from '../../bench/training/steps';

/** Files by address, from the page's own folder. */
export interface StepsAsked extends Omit<StepsRequest, 'model' | 'data' | 'wasmPath'> {
  readonly data: string;
}
export type StepsAnswer = StepsResult & { readonly adapter: string | undefined };

declare global {
  interface Window {
    trainingSteps?: (asked: StepsAsked) => Promise<StepsAnswer>;
  }
}

window.trainingSteps = (asked) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('error', ({ message }) => {
      reject(new Error(message));
    });
    worker.addEventListener('message', ({ data }: MessageEvent<StepsAnswer | string>) => {
      worker.terminate();
      if (typeof data === 'string') reject(new Error(data));
      else resolve(data);
    });
    worker.postMessage(asked);
  });
