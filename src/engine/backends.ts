/**
 * The one list of backends. Which one runs is its caller's argument; nothing made here is kept, so
 * every caller owns what it asked for.
 */
import type { Backend, BackendId } from './engine';
import { createReferenceBackend } from './reference';
import { createWasmBackend } from './wasm';
import { createWebGpuBackend } from './webgpu';

/** Each makes its backend, or says in a sentence why this thread can't have it. */
const backends: Record<BackendId, () => Promise<Backend | string>> = {
  wasm: async () =>
    (await createWasmBackend()) ??
    'WebAssembly with SIMD is missing here, or multiplies wrongly; use a current browser for speed.',
  webgpu: async () => createWebGpuBackend({ fallback: await createBackend('wasm') }),
  reference: async () => createReferenceBackend(),
};

export const backendIds = Object.keys(backends) as readonly BackendId[];

/**
 * The backend `id`; where this thread can't have it WASM, or the reference, which runs everywhere, and then
 * `insteadOf` says what was asked for and why it isn't that. Default: WASM, which decides plans.
 */
export async function createBackend(id: BackendId = 'wasm'): Promise<Backend> {
  const made = await backends[id]();
  if (typeof made !== 'string') return made;
  const instead = id === 'webgpu' ? await createBackend('wasm') : createReferenceBackend();
  return { ...instead, insteadOf: { id, reason: made } };
}
