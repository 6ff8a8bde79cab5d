/** Worker entry: the jobs of one lane (src/jobs/client.ts). */
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm?url';
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import { provideCodecs } from '../src/data/images/codecs';
import type { HelperWorker } from '../src/engine/wasm/threads/block';
import { freshId, holdAlive, watched } from '../src/jobs/alive';
import { createContext } from '../src/jobs/context';
import { createCores, localLock, webLock } from '../src/jobs/cores';
import type { WorkerLike } from '../src/jobs/lane';
import { serve } from '../src/jobs/serve';
import { rememberedBackends } from '../src/state/storage/backends';

const place = (path: string) =>
  new URL(`${import.meta.env.BASE_URL}${path}`, self.location.origin + self.name).href;
const litert = place('litert/');
const { hardwareConcurrency } = navigator;
// Without Web Locks (no secure context) the client keeps every job in one worker.
const locks = navigator.locks as LockManager | undefined;
const training = {
  wasmPath: place('tfjs/'),
  startWorker: () => {
    const id = freshId();
    const made = new Worker(new URL('./train.ts', import.meta.url), { type: 'module', name: id });
    return watched(made as WorkerLike, locks, id);
  },
};
holdAlive(locks, self.name);
const lock = locks ? webLock(locks) : localLock();
const startHelper = () =>
  new Worker(new URL('./kernels.ts', import.meta.url), { type: 'module' }) as HelperWorker;
const startShard = () => {
  const id = freshId();
  const made = new Worker(new URL('./shard.ts', import.meta.url), { type: 'module', name: id });
  return watched(made as WorkerLike, locks, id);
};
const cores = createCores(lock, hardwareConcurrency);
const webgpu = { version: navigator.userAgent, remembered: rememberedBackends() };
serve(self, createContext({ cores, startHelper, startShard, litert, training, webgpu }));

const codecs = { jpeg, webp };
provideCodecs(async (name) => (await fetch(codecs[name])).arrayBuffer());
