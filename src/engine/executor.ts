/**
 * Runs a graph node by node on typed arrays in one arena. What a node does is the resolver's
 * business, so every CPU backend shares this file.
 */
import { IntactError } from '../model/error';
import { beat } from './pulse';
import {
  allocate,
  elementCount,
  type DType,
  type Graph,
  type Tensor,
  type TensorData,
} from '../model/graph';
import { branchMemory, branchRuns, type BranchRun, type KernelCall } from './branches';
import type { Executable, PrepareOptions, Tap } from './engine';
import { planMemory, storageBytes, type MemoryPlan } from './memory';
import { checkComputed, checkFeeds, entriesOf, refuseAboveLimit, resolveAll } from './refusals';
import type { Resolve } from './refusals';

/** Storage of the activations: `bytes` of zeroed memory at an offset that is a multiple of 16. */
export interface Arena {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
}

export interface ExecutorOptions extends PrepareOptions {
  /** Called once, after every kernel was made. Default: a new ArrayBuffer. */
  readonly arena?: (bytes: number) => Arena;
  /** Planned bytes above which a graph is refused with 'limit'. */
  readonly maxBytes?: number;
  /** Called by dispose. */
  readonly onDispose?: () => void;
  /** Values that nodes may read besides their inputs, at the position behind them: [node, value]. */
  readonly extras?: readonly (readonly [number, number])[];
  /** Called once, after every kernel was made: nodes that only runs with a tap compute, as nobody else reads them. */
  readonly unread?: () => ReadonlySet<number>;
}

/** Largest ArrayBuffer that every browser and node version in use can make. */
const maxArenaBytes = 2 ** 31 - 65536;

/** What depends on constants only. */
interface Fixed {
  readonly nodes: ReadonlySet<number>;
  readonly values: ReadonlySet<number>;
}

/** Nodes whose inputs are constants, directly or through such nodes (float16 weights, say). */
function fixedNodes(graph: Graph): Fixed {
  const nodes = new Set<number>();
  const values = new Set<number>();
  const isFixed = (index: number) =>
    index < 0 || graph.values[index]!.data !== undefined || values.has(index);
  graph.nodes.forEach((node, at) => {
    if (!node.inputs.every(isFixed)) return;
    nodes.add(at);
    node.outputs.forEach((index) => values.add(index));
  });
  return { nodes, values };
}

interface Step extends KernelCall {
  /** Values that it makes. */
  readonly results: readonly number[];
}

/** A view of `length` elements of the storage type of `dtype`. */
function viewOf(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TensorData {
  const Storage = allocate(dtype, 0).constructor as new (
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
  ) => TensorData;
  return new Storage(buffer, byteOffset, length);
}

/** The storage of every value: constants where they are, activations in the arena. */
function tensorsOf(
  graph: Graph,
  fixed: Fixed,
  memory: MemoryPlan,
  arena: Arena,
): (Tensor | undefined)[] {
  return graph.values.map(({ shape, dtype, data }, index) => {
    if (data !== undefined) return { shape, dtype, data };
    if (fixed.values.has(index))
      return { shape, dtype, data: allocate(dtype, elementCount(shape)) };
    const offset = memory.offsets[index]!;
    if (offset < 0) return undefined;
    const view = viewOf(dtype, arena.buffer, arena.byteOffset + offset, elementCount(shape));
    return { shape, dtype, data: view };
  });
}

/** All that is kept between runs. */
interface Prepared {
  readonly graph: Graph;
  readonly tensors: (Tensor | undefined)[];
  /** Of every node, and those that `run` takes. */
  readonly steps: Step[];
  readonly run: Step[];
  /** Steps that only runs with a tap take. */
  readonly unread: ReadonlySet<Step>;
  readonly branches: BranchRun[];
  readonly fixed: Fixed;
  readonly options: ExecutorOptions;
}

/**
 * An executable of `graph`. Throws `unsupported` (the whole list), `limit` before anything large is
 * allocated, or `malformed` where a value is used that nothing computes. What depends on constants
 * only is computed in the first run and kept.
 */
export function createExecutable(
  graph: Graph,
  resolve: Resolve,
  options: ExecutorOptions = {},
): Executable {
  const { keepAll = false, maxBytes = maxArenaBytes, branches = [], extras = [] } = options;
  checkComputed(graph);
  const fixed = fixedNodes(graph);
  const apart = new Set(branches.flatMap(({ nodes }) => nodes));
  const second = branchMemory(graph, branches, apart);
  const inBranches = [...apart].flatMap((index) => graph.nodes[index]!.outputs);
  const outside = new Set([...fixed.values, ...inBranches]);
  const also = new Map(extras);
  const reads = graph.nodes.map((node, index) => {
    const extra = also.get(index);
    return extra === undefined ? node : { ...node, inputs: [...node.inputs, extra] };
  });
  const memory = planMemory({ ...graph, nodes: reads }, { keepAll, outside });
  let bytes = memory.total + second.bytes;
  for (const index of fixed.values) {
    const { dtype, shape } = graph.values[index]!;
    bytes += storageBytes(dtype, shape);
  }
  refuseAboveLimit(graph, bytes, maxBytes);
  const kernels = resolveAll(graph, resolve);
  const arena = (options.arena ?? newArena)(memory.total + second.bytes);
  const tensors = tensorsOf(graph, fixed, memory, arena);
  const steps: Step[] = reads.map((node, index) => ({
    kernel: kernels[index]!,
    inputs: node.inputs.map((value) => (value < 0 ? undefined : tensors[value])),
    outputs: node.outputs.map((value) => tensors[value]!),
    results: node.outputs,
  }));
  const tensorAt = (value: number, offset: number): Tensor => {
    const { shape, dtype } = graph.values[value]!;
    const at = arena.byteOffset + memory.total + offset;
    return { shape, dtype, data: viewOf(dtype, arena.buffer, at, elementCount(shape)) };
  };
  const runs = branchRuns(graph, branches, apart, second, kernels, tensors, tensorAt);
  const run = steps.filter((_, index) => !apart.has(index));
  const unread = new Set([...(options.unread?.() ?? [])].map((index) => steps[index]!));
  return executableOf({ graph, tensors, steps, run, unread, branches: runs, fixed, options });
}

function executableOf(prepared: Prepared): Executable {
  const { graph, tensors, steps, run, unread, branches, fixed, options } = prepared;
  const entries = entriesOf(graph);
  const sources = graph.inputs.map((index) => tensors[index]!);
  const results = graph.outputs.map((index) => tensors[index]!);
  // Per run: all nodes at first, then those that don't depend on constants only.
  const isFixed = new Set([...fixed.nodes].map((at) => steps[at]!));
  const first = run.filter((step) => !unread.has(step));
  const varying = first.filter((step) => !isFixed.has(step));
  let hasRun = false;
  let isDisposed = false;
  /** A run whose tap is awaited: its values lie in the arena that the next run would overwrite. */
  let tapped: Promise<void> | undefined;

  const refuseDisposed = () => {
    if (isDisposed) throw new IntactError('internal', 'This executable was disposed of.');
  };

  /** What is done already is handed to the tap again. */
  async function runTapped(tap: Tap): Promise<void> {
    for (const index of graph.inputs) {
      const seen = tap(index, tensors[index]!);
      if (!seen) continue;
      await seen;
      refuseDisposed();
    }
    for (const step of run) {
      const { kernel, inputs, outputs, results } = step;
      if (!hasRun || !isFixed.has(step)) kernel(inputs, outputs);
      beat();
      for (let k = 0; k < results.length; k++) {
        const seen = tap(results[k]!, outputs[k]!);
        if (!seen) continue;
        await seen;
        refuseDisposed();
      }
    }
  }

  const executable: Executable = {
    graph,
    async runMany(samples) {
      const answers: Tensor[][] = [];
      for (const feeds of samples) answers.push(await executable.run(feeds));
      return answers;
    },
    async run(feeds, tap) {
      while (tapped) await tapped.catch(() => undefined);
      refuseDisposed();
      checkFeeds(entries, feeds);
      for (let i = 0; i < sources.length; i++) setData(sources[i]!.data, feeds[i]!.data);
      if (tap) {
        tapped = runTapped(tap);
        try {
          await tapped;
        } finally {
          tapped = undefined;
        }
      } else {
        const due = hasRun ? varying : first;
        for (let i = 0; i < due.length; i++) {
          const { kernel, inputs, outputs } = due[i]!;
          kernel(inputs, outputs);
          beat();
        }
      }
      hasRun = true;
      return results.map(({ shape, dtype, data }) => ({ shape, dtype, data: data.slice() }));
    },
    async runBranch(branch) {
      while (tapped) await tapped.catch(() => undefined);
      refuseDisposed();
      const found = branches[branch];
      if (!found || !options.keepAll || !hasRun) {
        throw new IntactError(
          'usage',
          'A branch takes an executable prepared with it and keepAll, and one run before.',
        );
      }
      for (const { kernel, inputs, outputs } of found.steps) {
        kernel(inputs, outputs);
        beat();
      }
      return found.outputs.map(({ shape, dtype, data }) => ({ shape, dtype, data: data.slice() }));
    },
    async timeNode(nodeIndex, repeats) {
      while (tapped) await tapped.catch(() => undefined);
      const step = steps[nodeIndex];
      if (!step || !options.keepAll || !hasRun) {
        throw new IntactError(
          'usage',
          'Timing a node takes an executable prepared with keepAll, one run before, and a node of its graph.',
        );
      }
      const { kernel, inputs, outputs } = step;
      beat();
      const start = performance.now();
      for (let i = 0; i < repeats; i++) kernel(inputs, outputs);
      return (performance.now() - start) / repeats;
    },
    dispose() {
      isDisposed = true;
      for (const list of [steps, run, first, varying, branches, sources, results, tensors])
        list.length = 0;
      options.onDispose?.();
    },
  };
  return executable;
}

const newArena = (bytes: number): Arena => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0 });

/** TypedArray.set between two arrays of the same storage type, which the caller has checked. */
function setData(target: TensorData, source: TensorData): void {
  (target as Uint8Array).set(source as Uint8Array);
}
