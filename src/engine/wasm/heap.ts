/**
 * One WebAssembly.Memory with the kernels bound to it. It only grows while an executable is being
 * prepared; views are made afterwards, because growing detaches them.
 */
import { IntactError } from '../../model/error';
import type { Place } from './threads/spread';
import { instantiate, newMemory, type Kernels } from './variant';

const pageBytes = 65536;
/** 32-bit addresses; the kernels compute with signed ones. */
const limitBytes = 2 ** 31 - pageBytes;
/** Kernels read and write up to 32 bytes beyond an operand. */
const slack = 64;
const firstByte = 1024;

export interface Heap {
  readonly memory: WebAssembly.Memory;
  readonly kernels: Kernels;
  /** Where its kernels run on several threads. */
  place?: Place;
  /** First free byte. */
  top: number;
}

/** `shared`: the module is the build for a shared memory. */
export function createHeap(module: WebAssembly.Module, shared = false): Heap {
  const memory = newMemory(shared);
  return { memory, kernels: instantiate(module, memory), top: firstByte };
}

export function clearHeap(heap: Heap): void {
  heap.top = firstByte;
}

/** Reserves bytes at a multiple of 64. Throws `limit` before anything is allocated beyond 2 GiB. */
export function reserve(heap: Heap, bytes: number): number {
  const address = heap.top;
  const end = Math.ceil((address + bytes + slack) / 64) * 64;
  if (!(end <= limitBytes)) throw tooLarge(end);
  const missing = end - heap.memory.buffer.byteLength;
  if (missing > 0) {
    try {
      heap.memory.grow(Math.ceil(missing / pageBytes));
    } catch {
      throw tooLarge(end);
    }
  }
  heap.top = end;
  return address;
}

function tooLarge(bytes: number): IntactError {
  const megabytes = Math.ceil(bytes / 2 ** 20);
  return new IntactError(
    'limit',
    `Running this model needs ${megabytes} MB in one block, more than WebAssembly can hold here. ` +
      'Choose a smaller input size or a smaller model.',
    { bytes },
  );
}
