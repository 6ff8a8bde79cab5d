/** Helper threads of the engine for tests in node: workers that don’t keep the process alive. */
import { Worker } from 'node:worker_threads';
import type { FromHelper, HelperWorker } from '../engine/wasm/threads/block';

/** @param entry helperEntry.ts as a script of its own */
export function nodeHelper(entry: URL): HelperWorker {
  const worker = new Worker(entry);
  worker.unref();
  return {
    postMessage: (message) => {
      worker.postMessage(message);
    },
    addEventListener(
      type: 'message' | 'error',
      listener: (event: { readonly data: FromHelper }) => void,
    ) {
      worker.on(type, (data: FromHelper) => {
        listener({ data });
      });
    },
    terminate: () => void worker.terminate(),
  };
}
