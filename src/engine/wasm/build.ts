/** What a WASM kernel is made from. */
import type { Tensor } from '../../model/graph';
import type { Kernel, KernelSite } from '../engine';
import type { Border } from './folds';
import { reserve, type Heap } from './heap';
import { spread, type Work } from './threads/spread';
import type { Kernels, Variant } from './variant';

export interface Build extends KernelSite {
  readonly kernels: Kernels;
  readonly variant: Variant;
  /** Of a PAD that a convolution takes in: its input is what the PAD reads. */
  readonly border?: Border;
  /** The kernel over all of its units, on several threads where that is worth it. */
  spread(work: Omit<Work, 'kernel'>): (...values: number[]) => void;
  /** Address of an input's elements at run time. Constants are placed now. */
  operand(position: number): (inputs: readonly (Tensor | undefined)[]) => number;
  /** A permanent copy of these bytes; its address. */
  place(bytes: ArrayBufferView): number;
  /** Asks for this much temporary memory, shared by all nodes. */
  needScratch(bytes: number): void;
  /** Address of the temporary memory; known when the kernel runs. */
  scratch(): number;
  /** The same of every thread's own, as many bytes from one to the next; returns what gives the first address. */
  needTiles(bytes: number): () => number;
}

/** undefined: the reference kernel runs instead. */
export type WasmFactory = (build: Build) => Kernel | undefined;

/** Address of an output's elements at run time. */
export const addressOf = (tensor: Tensor | undefined) => tensor!.data.byteOffset;

/** Temporary memory of one executable. */
export interface Scratch {
  address: number;
  bytes: number;
  readonly tiles: { address: number; bytes: number };
}

export const noScratch = (): Scratch => ({ address: 0, bytes: 0, tiles: { address: 0, bytes: 0 } });

export function buildFor(site: KernelSite, heap: Heap, variant: Variant, scratch: Scratch): Build {
  const place = (data: ArrayBufferView) => {
    const address = reserve(heap, data.byteLength);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    new Uint8Array(heap.memory.buffer).set(bytes, address);
    return address;
  };
  return {
    ...site,
    kernels: heap.kernels,
    variant,
    spread: (work) => spread({ ...work, kernel: heap.kernels[work.name] }, heap.place),
    operand(position) {
      const data = site.inputs[position]?.data;
      if (!data) return (inputs) => inputs[position]!.data.byteOffset;
      const address = place(data);
      return () => address;
    },
    place,
    needScratch(bytes) {
      scratch.bytes = Math.max(scratch.bytes, bytes);
    },
    scratch: () => scratch.address,
    needTiles(bytes) {
      scratch.tiles.bytes = Math.max(scratch.tiles.bytes, bytes * (heap.place?.pool.lanes ?? 1));
      return () => scratch.tiles.address;
    },
  };
}
