/** Thread entry: a helper thread of the engine (src/engine/wasm/threads/helper.ts). */
import { parentPort } from 'node:worker_threads';
import { serveHelper } from '../engine/wasm/threads/helper';

const port = parentPort;
if (port) {
  serveHelper({
    postMessage(message) {
      port.postMessage(message);
    },
    addEventListener(_, listener) {
      port.on('message', (data) => {
        listener({ data });
      });
    },
  });
}
