/**
 * The job block that an engine shares with its helpers, one SharedArrayBuffer. A job is one kernel over
 * `UNITS` units in tiles, and every thread has a share of neighbouring tiles: it takes its own before it helps
 * with others', so that it finds in its core's cache what it wrote in the layer before. Whoever takes LEFT of a
 * share from n > 0 to n − 1 owns tile END − n. The rest of a job is written before any LEFT and stays until every
 * tile is done, so that it is read rightly after a claim.
 */
import type { RangeName } from '../variant';

/** Cells of 32 bits; those that all threads write lie on cache lines of their own. */
export const cell = {
  /** Tiles of this job that helpers have done. */
  DONE: 16,
  /** Changes with every job and every message; helpers that wait, wait on it. */
  EPOCH: 32,
  SLEEPING: 33,
  /** The engine waits on DONE. */
  AWAITED: 48,
  /** A bit per helper that may claim. */
  ALLOWED: 49,
  /** Messages posted to every helper. */
  MAIL: 50,
  /** A helper's kernel trapped. */
  FAILED: 51,
  HEAP: 52,
  KERNEL: 53,
  SHARES: 54,
  UNITS: 55,
  UNITS_PER_TILE: 56,
  COUNT: 57,
  /** Of the first share: tiles that nobody has claimed (zero or less: none), and the tile behind its last. */
  LEFT: 64,
  END: 65,
} as const;

/** Cells from one share to the next. */
export const shareStep = 16;
export const mostShares = 16;

/** Takes a tile of the share whose LEFT is at `at`; undefined: none is left. */
export function claim(cells: Int32Array, at: number): number | undefined {
  if (Atomics.load(cells, at) <= 0) return undefined;
  const left = Atomics.sub(cells, at, 1);
  return left > 0 ? cells[at + cell.END - cell.LEFT]! - left : undefined;
}

/** Arguments of the kernel, as float64 from here on. */
const argumentsAt = 4 * (cell.LEFT + mostShares * shareStep);
const mostArguments = 16;

export interface Block {
  readonly cells: Int32Array;
  readonly values: Float64Array;
}

export function blockOf(buffer: SharedArrayBuffer): Block {
  return {
    cells: new Int32Array(buffer, 0, argumentsAt / 4),
    values: new Float64Array(buffer, argumentsAt, mostArguments),
  };
}

export function newBlock(): SharedArrayBuffer {
  return new SharedArrayBuffer(argumentsAt + 8 * mostArguments);
}

/** Kernels that compute a range of their units; the order is the number in KERNEL. */
export const rangeNames: readonly RangeName[] = [
  'padI8',
  'padF32',
  'gemmI8',
  'gemmI32',
  'gemmRowI8',
  'gemmRowI32',
  'gemmF32x4x8',
  'gemmF32x2x16',
  'gemmF32x1x32',
  'depthwiseI8',
  'depthwiseI32',
  'depthwiseF32',
  'depthwise3x3I8',
  'depthwise3x3I32',
  'depthwise3x3F32',
  'addI8',
  'mulI8',
  'addF32',
  'subF32',
  'mulF32',
  'clampF32',
  'tableI8',
  'quantizeF32',
  'dequantizeI8',
  'finishHybrid',
  'quantizeRow',
  'maxPoolI8',
  'averagePoolI8',
  'maxPoolF32',
  'averagePoolF32',
  'meanI8',
  'meanF32',
  'softmaxF32',
  'softmaxI8',
  'logisticF32',
  'hardSwishF32',
  'padU8',
  'gemmDirectI8',
  'gemmI16',
  'gemmRowI16',
  'depthwiseI16',
  'sumI16',
  'addI16',
  'mulI16',
  'tableI16',
  'quantizeF32I16',
  'dequantizeI16',
  'maxPoolI16',
  'averagePoolI16',
];

/** What the engine posts to a helper. Every one but the first raises MAIL. */
export type ToHelper =
  | {
      readonly kind: 'start';
      readonly index: number;
      readonly block: SharedArrayBuffer;
      readonly module: WebAssembly.Module;
    }
  | { readonly kind: 'attach'; readonly heap: number; readonly memory: WebAssembly.Memory }
  | { readonly kind: 'detach'; readonly heap: number };

/** What it answers: the number of messages that it has handled. */
export interface FromHelper {
  readonly handled: number;
}

/** A worker that runs `serveHelper`; browsers' own fits. */
export interface HelperWorker {
  postMessage(message: ToHelper): void;
  addEventListener(type: 'message', listener: (event: { readonly data: FromHelper }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  terminate(): void;
}
