/**
 * The one list of backends. Which one runs is its caller's argument; nothing made here is kept, so
 * every caller owns what it asked for.
 */
import type { Backend, BackendId } from './engine';
import { createReferenceBackend } from './reference';
import { createWasmBackend, type Threads } from './wasm';

export interface BackendOptions {
  /** Default: one thread. */
  readonly threads?: Threads;
}

/** Each makes its backend, or says in a sentence why this thread can't have it. */
const backends: Record<BackendId, (options: BackendOptions) => Promise<Backend | string>> = {
  wasm: async ({ threads }) =>
    (await createWasmBackend({ threads })) ??
    'WebAssembly with SIMD is missing here, or multiplies wrongly; use a current browser for speed.',
  reference: async () => createReferenceBackend(),
};

export const backendIds = Object.keys(backends) as readonly BackendId[];

/**
 * The backend `id`; where this thread can't have it the reference, which runs everywhere, and then
 * `insteadOf` says what was asked for and why it isn't that. Default: the fastest.
 */
export async function createBackend(
  id: BackendId = 'wasm',
  options: BackendOptions = {},
): Promise<Backend> {
  const made = await backends[id](options);
  if (typeof made !== 'string') return made;
  return { ...createReferenceBackend(), insteadOf: { id, reason: made } };
}
