import { checkThreads, checkWasmVariants } from '../../src/engine/wasm/browser-check';
import type { HelperWorker } from '../../src/engine/wasm/threads/block';

const startHelper = () =>
  new Worker(new URL('../../workers/kernels.ts', import.meta.url), {
    type: 'module',
  }) as HelperWorker;

const checks = { kernels: () => checkWasmVariants(), threads: () => checkThreads(startHelper) };

self.addEventListener('message', ({ data }: MessageEvent<keyof typeof checks>) => {
  checks[data]().then(
    (found) => {
      self.postMessage(found);
    },
    (error: unknown) => {
      self.postMessage(error instanceof Error ? (error.stack ?? error.message) : String(error));
    },
  );
});
