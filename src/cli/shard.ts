/** Thread entry: shares the samples of a job in the main thread (src/jobs/shards/serve.ts). */
import { parentPort } from 'node:worker_threads';
import { serveShards } from '../jobs/shards/serve';
import type { Port } from '../jobs/wire';

serveShards({
  postMessage(message, { transfer = [] } = {}) {
    parentPort!.postMessage(message, transfer as ArrayBuffer[]);
  },
  addEventListener(_, listener) {
    parentPort!.on('message', (data: unknown) => {
      listener({ data });
    });
  },
} satisfies Port);
