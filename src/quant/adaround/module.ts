/** The WASM of assembly/ with a memory of its own that grows with the layer; undefined where WASM with SIMD is missing. */
import { base64 } from './generated/rounding';

interface Kernels {
  mix(
    quantized: number,
    float: number,
    rows: number,
    count: number,
    length: number,
    to: number,
    seed: number,
    below: number,
  ): void;
  take(from: number, rows: number, count: number, length: number, to: number): void;
  readonly forward: Product;
  readonly forwardDepthwise: Product;
  readonly gradient: Product;
  readonly gradientDepthwise: Product;
  readonly back: Product;
  readonly backDepthwise: Product;
  soften(
    v: number,
    base: number,
    scale: number,
    w: number,
    panels: number,
    k: number,
    width: number,
  ): void;
  gradientToV(g: number, v: number, count: number, lambda: number, beta: number): void;
  adam(
    v: number,
    g: number,
    m: number,
    s: number,
    count: number,
    rate: number,
    c1: number,
    c2: number,
  ): void;
}
/** Rows, numbers of a row's operand, and panels of 8 channels (depthwise: channels). */
type Product = (
  x: number,
  weights: number,
  out: number,
  rows: number,
  k: number,
  width: number,
) => void;

export interface Rounder {
  readonly kernels: Kernels;
  /** Address of so many floats, zeros, in whole vectors with slack behind; all are given back by `clear`. */
  take(floats: number): number;
  /** A view, good until the next `take`. */
  floats(address: number, count: number): Float32Array;
  ints(address: number, count: number): Int32Array;
  clear(): void;
}

const PAGE = 65536;
const START = 1024;

let compiled: WebAssembly.Module | null | undefined;

function compile(): WebAssembly.Module | null {
  if (typeof WebAssembly !== 'object') return null;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
}

export function openRounder(): Rounder | undefined {
  compiled ??= compile();
  if (!compiled) return undefined;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  let end = START;
  return {
    kernels: exports as unknown as Kernels,
    take(floats) {
      const at = end;
      end = Math.ceil((at + floats * 4 + 32) / 16) * 16;
      const missing = end - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      new Float32Array(memory.buffer, at, floats + 8).fill(0);
      return at;
    },
    floats: (address, count) => new Float32Array(memory.buffer, address, count),
    ints: (address, count) => new Int32Array(memory.buffer, address, count),
    clear() {
      end = START;
    },
  };
}
