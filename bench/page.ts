/** Page of run.mjs, not shipped: one engine with one model, in a worker. */
import type { Answers, Request } from './types';

declare global {
  interface Window {
    ask?: <K extends Request['kind']>(
      request: Extract<Request, { kind: K }>,
    ) => Promise<Answers[K] | string>;
  }
}

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

function ask<K extends Request['kind']>(
  request: Extract<Request, { kind: K }>,
): Promise<Answers[K] | string> {
  return new Promise((resolve) => {
    worker.onerror = ({ message }) => resolve(message);
    worker.onmessage = ({ data }: MessageEvent<Answers[K] | string>) => resolve(data);
    worker.postMessage(request);
  });
}
window.ask = ask;
