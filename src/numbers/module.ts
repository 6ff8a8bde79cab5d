/**
 * The WASM of assembly/ with a small memory of its own: tensors pass through it in chunks that stay in
 * the cache, so it serves whatever memory they lie in. undefined where WASM with SIMD is missing.
 */
import { base64 } from './generated/sums';

type Compare = (
  from: number,
  real: number,
  n: number,
  scale: number,
  zeroPoint: number,
  out: number,
) => void;

export interface Sums {
  readonly memory: ArrayBuffer;
  summarize(from: number, n: number, out: number): void;
  readonly compareF32: Compare;
  readonly compareI8: Compare;
  readonly compareU8: Compare;
  readonly compareI16: Compare;
  count(from: number, n: number, least: number, perBin: number, bins: number, to: number): void;
}

/** Numbers of a chunk: 64 KiB of float32. */
export const chunk = 16384;
/** Where things lie: the state, a chunk, what it is compared with, counts. */
export const place = { state: 1024, first: 65536, second: 2 * 65536, counts: 3 * 65536 } as const;
const pages = 5;

let opened: Sums | null | undefined;

export function sums(): Sums | null {
  return (opened ??= open());
}

function open(): Sums | null {
  if (typeof WebAssembly !== 'object') return null;
  const text = atob(base64);
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return null;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return { ...(exports as unknown as Omit<Sums, 'memory'>), memory: memory.buffer };
}
