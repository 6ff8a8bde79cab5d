/** Kernels from AssemblyScript (assembly/, built by scripts/build-wasm.mjs); the rest by reference. */
import { IntactError } from '../../model/error';
import type { Backend } from '../engine';
import { createExecutable } from '../executor';
import { referenceKernel } from '../reference';
import { buildFor, type Scratch } from './build';
import { widenConstant, withConstants, type Widened } from './constants';
import { clearHeap, createHeap, reserve, type Heap } from './heap';
import { wasmKernels } from './kernels';
import { openVariant, variants, type Variant } from './variant';

export interface WasmOptions {
  /** Only this build; null where it is refused or computes wrongly here. Default: the best. */
  readonly variant?: Variant;
  /** Skips the test of the dot: only to test kernels on machines that they are not for. */
  readonly unchecked?: boolean;
}

export interface WasmBackend extends Backend {
  readonly variant: Variant;
}

const names = {
  usdot: 'relaxed SIMD (usdot)',
  sdot: 'relaxed SIMD (sdot)',
  dot16: 'SIMD (dot16)',
} as const satisfies Record<Variant, string>;

/** Memories kept for the next executable, at most this many and this large each. */
const spareCount = 2;
const spareBytes = 64 * 2 ** 20;

/** null where WebAssembly SIMD is missing. */
export async function createWasmBackend(options: WasmOptions = {}): Promise<WasmBackend | null> {
  for (const variant of options.variant ? [options.variant] : variants) {
    const module = await openVariant(variant, options.unchecked);
    if (module) return backendOf(module, variant);
  }
  return null;
}

function backendOf(module: WebAssembly.Module, variant: Variant): WasmBackend {
  const spare: Heap[] = [];
  const release = (heap: Heap) => {
    const fits = heap.memory.buffer.byteLength <= spareBytes;
    if (fits && spare.length < spareCount) spare.push(heap);
  };
  return {
    id: 'wasm',
    variant,
    label: `WASM ${names[variant]}, 1 thread`,
    async prepare(graph, prepareOptions = {}) {
      const heap = spare.pop() ?? newHeap(module);
      clearHeap(heap);
      const scratch: Scratch = { address: 0, bytes: 0 };
      const widened: Widened = new Map();
      let isHeld = true;
      const onDispose = () => {
        if (isHeld) release(heap);
        isHeld = false;
      };
      try {
        return createExecutable(
          graph,
          (site) => {
            const known = withConstants(site, widened);
            return (
              widenConstant(site, widened, prepareOptions.keepAll === true) ??
              wasmKernels[site.node.op]?.(buildFor(known, heap, variant, scratch)) ??
              referenceKernel(site)
            );
          },
          {
            ...prepareOptions,
            onDispose,
            arena(bytes) {
              scratch.address = reserve(heap, scratch.bytes);
              const byteOffset = reserve(heap, bytes);
              const { buffer } = heap.memory;
              new Uint8Array(buffer, byteOffset, bytes).fill(0);
              return { buffer, byteOffset };
            },
          },
        );
      } catch (thrown) {
        onDispose();
        throw thrown;
      }
    },
  };
}

function newHeap(module: WebAssembly.Module): Heap {
  try {
    return createHeap(module);
  } catch {
    throw new IntactError(
      'limit',
      'No more WebAssembly memory is to be had here. Close other tabs, or reload the page.',
    );
  }
}
