/** Worker entry: the jobs of one lane (src/jobs/client.ts). */
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm?url';
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import { provideCodecs } from '../src/data/images/codecs';
import type { HelperWorker } from '../src/engine/wasm/threads/block';
import { freshId, holdAlive, watched } from '../src/jobs/alive';
import { createContext } from '../src/jobs/context';
import { createCores, localLock, webLock } from '../src/jobs/cores';
import type { WorkerLike } from '../src/jobs/lane';
import { beating } from '../src/jobs/pulse';
import { serve } from '../src/jobs/serve';
import { rememberedBackends } from '../src/state/storage/backends';

const place = (path: string) =>
  new URL(`${import.meta.env.BASE_URL}${path}`, self.location.origin + self.name).href;
const litert = place('litert/');
const { hardwareConcurrency } = navigator;
// Without Web Locks (no secure context) the client keeps every job in one worker.
const locks = navigator.locks as LockManager | undefined;
/** Starts workers whose silent end is heard; the bundler asks for `new Worker(new URL(…))` at each place. */
const alive = (start: (name: string) => Worker) => (): WorkerLike => {
  const id = freshId();
  return watched(start(id) as WorkerLike, locks, id);
};
const training = {
  wasmPath: place('tfjs/'),
  startWorker: alive(
    (name) => new Worker(new URL('./train.ts', import.meta.url), { type: 'module', name }),
  ),
};
holdAlive(locks, self.name);
const lock = locks ? webLock(locks) : localLock();
const startHelper = () =>
  new Worker(new URL('./kernels.ts', import.meta.url), { type: 'module' }) as HelperWorker;
const startShard = alive(
  (name) => new Worker(new URL('./shard.ts', import.meta.url), { type: 'module', name }),
);
const cores = createCores(beating(lock), hardwareConcurrency);
const webgpu = { version: navigator.userAgent, remembered: rememberedBackends() };
serve(self, createContext({ cores, startHelper, startShard, litert, training, webgpu }));

const codecs = { jpeg, webp };
provideCodecs(async (name) => (await fetch(codecs[name])).arrayBuffer());
