/** Kernels from AssemblyScript (assembly/, built by scripts/build-wasm.mjs); the rest by reference. */
import { IntactError } from '../../model/error';
import type { Graph, Node } from '../../model/graph';
import type { Backend, Executable, Kernel, KernelSite, PrepareOptions } from '../engine';
import { createExecutable } from '../executor';
import { referenceKernel } from '../reference';
import { addressOf, buildFor, noScratch, type Build } from './build';
import { foldsOf, type Fold } from './folds';
import { widenConstant, withConstants, type Widened } from './constants';
import { clearHeap, createHeap, reserve, type Heap } from './heap';
import { bordered, wasmKernels } from './kernels';
import type { HelperWorker } from './threads/block';
import { startPool, type Pool } from './threads/pool';
import { recovering } from './threads/recover';
import { LEAST_US } from './threads/spread';
import { openVariant, validates, variants, type Variant } from './variant';

export interface WasmOptions {
  /** Only this build; null where it is refused or computes wrongly here. Default: the best. */
  readonly variant?: Variant;
  /** Skips the test of the dot: only to test kernels on machines that they are not for. */
  readonly unchecked?: boolean;
  /** Default: one thread. */
  readonly threads?: Threads;
}

export interface Threads {
  /** Threads in all, the engine's own among them: 1…16. */
  readonly count: number;
  /** Starts a worker that runs `serveHelper` (threads/helper.ts). */
  start(): HelperWorker;
  /** Layers that take fewer microseconds stay on one thread. Default 20. */
  readonly leastUs?: number;
  /** How long helpers may take to start or to answer, and to do a tile. Default 3 and 5 seconds. */
  readonly answerMs?: number;
  readonly stallMs?: number;
}

export interface WasmBackend extends Backend {
  readonly variant: Variant;
  /** Helpers that use no processor now, and tiles of layers that helpers have done so far. */
  helpers(): { readonly sleeping: number; readonly tiles: number };
}

const names = {
  usdot: 'relaxed SIMD (usdot)',
  sdot: 'relaxed SIMD (sdot)',
  dot16: 'SIMD (dot16)',
} as const satisfies Record<Variant, string>;

const mostThreads = 16;

/** Memories kept for the next executable, at most this many and this large each. */
const spareCount = 2;
const spareBytes = 64 * 2 ** 20;

/** null where WebAssembly SIMD is missing. */
export async function createWasmBackend(options: WasmOptions = {}): Promise<WasmBackend | null> {
  const passed: string[] = [];
  for (const variant of options.variant ? [options.variant] : variants) {
    const module = await openVariant(variant, options.unchecked);
    if (!module) {
      const how = validates(variant) ? 'its dot rounds otherwise here' : 'this browser refuses it';
      passed.push(`${variant} is faster, but ${how}`);
      continue;
    }
    const note = passed.length > 0 ? passed.join('; ') : 'the fastest build, and exact here';
    const pool = await poolFor(variant, options);
    const shared =
      typeof pool === 'object' && (await openVariant(variant, options.unchecked, true));
    return backendOf(shared || module, variant, pool, { leastUs: options.threads?.leastUs, note });
  }
  return null;
}

/** Memory can be shared with workers here: everywhere but in pages that are not cross-origin isolated. */
export function canShareMemory(): boolean {
  const page = globalThis as { readonly crossOriginIsolated?: boolean };
  return typeof SharedArrayBuffer === 'function' && page.crossOriginIsolated !== false;
}

/** The helpers that started; else why there is one thread, '' where no more were asked for. */
async function poolFor(variant: Variant, options: WasmOptions): Promise<Pool | string> {
  const { threads, unchecked } = options;
  const helpers = Math.min(mostThreads, threads?.count ?? 1) - 1;
  if (!threads || !(helpers > 0)) return '';
  if (!canShareMemory()) return 'the page is not cross-origin isolated';
  const module = await openVariant(variant, unchecked, true);
  if (!module) return 'this browser has no shared memory';
  const { start, answerMs, stallMs } = threads;
  const pool = await startPool(start, module, helpers, answerMs, stallMs);
  if (pool.helpers > 0) return pool;
  pool.end();
  return 'no helper started';
}

function backendOf(
  module: WebAssembly.Module,
  variant: Variant,
  found: Pool | string,
  { leastUs = LEAST_US, note }: { readonly leastUs?: number; readonly note: string },
): WasmBackend {
  const pool = typeof found === 'string' ? undefined : found;
  const spare: Heap[] = [];
  const release = (heap: Heap) => {
    const fits = heap.memory.buffer.byteLength <= spareBytes;
    if (heap.place && pool?.isBroken()) return;
    if (fits && spare.length < spareCount) spare.push(heap);
    else if (heap.place) pool?.detach(heap.place.heap);
  };
  async function freshHeap(): Promise<Heap> {
    const heap = newHeap(module, pool !== undefined);
    if (pool && !pool.isBroken()) {
      heap.place = { pool, heap: await pool.attach(heap.memory), leastUs };
    }
    return heap;
  }
  async function prepare(graph: Graph, options: PrepareOptions): Promise<Executable> {
    if (pool?.isBroken()) spare.length = 0;
    const heap = spare.pop() ?? (await freshHeap());
    return prepareIn(heap, graph, options, variant, release);
  }
  const label = () => {
    const one = pool?.isBroken() ? 'a helper stopped' : found;
    if (typeof one !== 'string') return `${pool!.helpers + 1} threads`;
    return one === '' ? '1 thread' : `1 thread (${one})`;
  };
  return {
    id: 'wasm',
    ...{ variant, note },
    threads: pool ? pool.helpers + 1 : 1,
    get label() {
      return `WASM ${names[variant]}, ${label()}`;
    },
    useThreads(count) {
      pool?.allow(Math.max(0, count - 1));
    },
    helpers: () => ({ sleeping: pool?.sleeping() ?? 0, tiles: pool?.tilesDone() ?? 0 }),
    end() {
      pool?.end();
    },
    async prepare(graph, options = {}) {
      const executable = await prepare(graph, options);
      if (!pool) return executable;
      return recovering(executable, pool, () => prepare(graph, options));
    },
  };
}

function prepareIn(
  heap: Heap,
  graph: Graph,
  options: PrepareOptions,
  variant: Variant,
  release: (heap: Heap) => void,
): Executable {
  clearHeap(heap);
  const scratch = noScratch();
  const widened: Widened = new Map();
  // Nodes are timed and branches read what the last run left: there, PADs run.
  const folds = options.keepAll ? new Map<Node, Fold>() : foldsOf(graph);
  const folded = new Set<number>();
  const behindPad = (site: KernelSite): Kernel | undefined => {
    const fold = folds.get(site.node);
    if (!fold) return undefined;
    const source = graph.values[fold.source]!;
    const inputs = [source, ...site.inputs.slice(1)];
    const build = buildFor({ ...site, inputs }, heap, variant, scratch);
    const kernel = bordered[site.node.op]?.({ ...build, ...fold, operand: sourceOf(site) });
    if (kernel) folded.add(fold.pad);
    return kernel;
  };
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
          behindPad(known) ??
          widenConstant(site, widened, options.keepAll === true) ??
          wasmKernels[site.node.op]?.(buildFor(known, heap, variant, scratch)) ??
          referenceKernel(site)
        );
      },
      {
        ...options,
        onDispose,
        extras: [...folds.values()].map(({ reader, source }) => [reader, source] as const),
        unread: () => folded,
        arena(bytes) {
          scratch.address = reserve(heap, scratch.bytes);
          scratch.tiles.address = reserve(heap, scratch.tiles.bytes);
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
}

/** Where a node that takes a PAD in finds what the PAD reads: behind its inputs. */
const sourceOf =
  ({ node }: KernelSite): Build['operand'] =>
  () =>
  (inputs) =>
    addressOf(inputs[node.inputs.length]);

function newHeap(module: WebAssembly.Module, shared: boolean): Heap {
  try {
    return createHeap(module, shared);
  } catch {
    throw new IntactError(
      'limit',
      'No more WebAssembly memory is to be had here. Close other tabs, or reload the page.',
    );
  }
}
