/** Worker entry: the jobs of one lane (src/jobs/client.ts). */
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm?url';
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import { provideCodecs } from '../src/data/images/codecs';
import { createContext } from '../src/jobs/context';
import { createCores, localLock, webLock } from '../src/jobs/cores';
import type { WorkerLike } from '../src/jobs/lane';
import { serve } from '../src/jobs/serve';

const place = (path: string) =>
  new URL(`${import.meta.env.BASE_URL}${path}`, self.location.origin + self.name).href;
const litert = place('litert/');
const training = {
  wasmPath: place('tfjs/'),
  startWorker: () =>
    new Worker(new URL('./train.ts', import.meta.url), { type: 'module' }) as WorkerLike,
};
const { locks, hardwareConcurrency } = navigator;
// Without Web Locks (no secure context) the client keeps every job in one worker.
const lock = (locks as LockManager | undefined) ? webLock(locks) : localLock();
serve(
  self,
  createContext({ cores: createCores(lock, hardwareConcurrency), litert, training, webgpu: true }),
);

const codecs = { jpeg, webp };
provideCodecs(async (name) => (await fetch(codecs[name])).arrayBuffer());
