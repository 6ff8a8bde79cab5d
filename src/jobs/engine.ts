import { createBackend } from '../engine/backends';
import type { Backend } from '../engine/engine';

let chosen: Promise<Backend> | undefined;

/** The fastest backend of this thread: WASM SIMD, else plain TypeScript. */
export function engine(): Promise<Backend> {
  chosen ??= createBackend();
  return chosen;
}
