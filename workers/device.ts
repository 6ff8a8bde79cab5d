/** Worker entry: one engine with one model, timed (src/jobs/device). */
import type { HelperWorker } from '../src/engine/wasm/threads/block';
import { serveEngine } from '../src/jobs/device/serve';

const litert = new URL(`${import.meta.env.BASE_URL}litert/`, self.location.origin + self.name).href;
const startHelper = () =>
  new Worker(new URL('./kernels.ts', import.meta.url), { type: 'module' }) as HelperWorker;
serveEngine(self, { startHelper, litert });
