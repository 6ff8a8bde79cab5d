import type { Backend } from '../engine/engine';
import { createReferenceBackend } from '../engine/reference';
import { createWasmBackend } from '../engine/wasm';

let chosen: Promise<Backend> | undefined;

/** The fastest backend of this thread: WASM SIMD, else plain TypeScript. */
export function engine(): Promise<Backend> {
  chosen ??= createWasmBackend().then((wasm) => wasm ?? createReferenceBackend());
  return chosen;
}
