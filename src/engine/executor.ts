/**
 * Runs a graph node by node on typed arrays in one arena. What a node does is the resolver's
 * business, so every CPU backend shares this file.
 */
import { IntactError } from '../model/error';
import {
  allocate,
  elementCount,
  valueAt,
  type DType,
  type Graph,
  type Tensor,
  type TensorData,
  type Value,
} from '../model/graph';
import type { Executable, Kernel, KernelSite, PrepareOptions, Tap } from './engine';
import { planMemory, storageBytes } from './memory';

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
}

export type Resolve = (site: KernelSite) => Kernel | undefined;

/** Largest ArrayBuffer that every browser and node version in use can make. */
export const maxArenaBytes = 2 ** 31 - 65536;

/** Nodes whose inputs are constants, directly or through such nodes (float16 weights, say). */
function fixedNodes(graph: Graph): { nodes: Set<number>; values: Set<number> } {
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

interface Step {
  readonly kernel: Kernel;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
  readonly results: readonly number[];
}

/** A view of `length` elements of the storage type of `dtype`. */
export function viewOf(
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

/** One site per node, in order. */
export function kernelSites(graph: Graph): KernelSite[] {
  return graph.nodes.map((node) => ({
    node,
    inputs: node.inputs.map((index) => valueAt(graph, index)),
    outputs: node.outputs.map((index) => graph.values[index]!),
  }));
}

function describeSite(graph: Graph, site: KernelSite): string {
  const { node } = site;
  const layer = graph.layers[node.layer]?.name ?? node.name;
  if (node.op === 'UNSUPPORTED') {
    return `${node.attrs.kind} (layer ${layer}): ${node.attrs.reason}`;
  }
  const types = [...new Set(site.inputs.filter((value) => value !== undefined).map(typeOf))];
  return `${node.op} on ${types.join(', ')} (layer ${layer})`;
}

const typeOf = (value: Value) => (value.quant ? `quantized ${value.dtype}` : value.dtype);

/** Kernels of all nodes, or one IntactError `unsupported` that names every node without one. */
function resolveAll(graph: Graph, resolve: Resolve): Kernel[] {
  const missing: string[] = [];
  const kernels: Kernel[] = [];
  for (const site of kernelSites(graph)) {
    const kernel = site.node.op === 'UNSUPPORTED' ? undefined : resolve(site);
    if (kernel) kernels.push(kernel);
    else missing.push(describeSite(graph, site));
  }
  if (missing.length > 0) {
    const shown = missing.slice(0, 5).join('; ');
    const rest = missing.length > 5 ? `; and ${missing.length - 5} more` : '';
    throw new IntactError(
      'unsupported',
      `Intact cannot run: ${shown}${rest}. Remove these layers from the model or replace them with supported ones.`,
      { list: missing },
    );
  }
  return kernels;
}

/** What a feed must be; made once, because a run may last only microseconds. */
interface Entry {
  readonly value: Value;
  readonly count: number;
  readonly storage: unknown;
}

function entriesOf(graph: Graph): Entry[] {
  return graph.inputs.map((index) => {
    const value = graph.values[index]!;
    const storage = allocate(value.dtype, 0).constructor;
    return { value, count: elementCount(value.shape), storage };
  });
}

function checkFeeds(entries: readonly Entry[], feeds: readonly Tensor[]): void {
  if (feeds.length !== entries.length) {
    throw new IntactError(
      'bad-data',
      `The model takes ${entries.length} input(s), but ${feeds.length} were given.`,
    );
  }
  for (let position = 0; position < entries.length; position++) {
    const { value, count, storage } = entries[position]!;
    const { shape, dtype } = value;
    const feed = feeds[position]!;
    const sameShape =
      feed.shape.length === shape.length && shape.every((size, axis) => size === feed.shape[axis]);
    const sameData = feed.data.length === count && feed.data.constructor === storage;
    if (feed.dtype === dtype && sameShape && sameData) continue;
    const what = `Input "${value.name}" takes ${dtype} [${shape.join(', ')}]`;
    if (feed.dtype !== dtype) {
      throw new IntactError('bad-data', `${what}, but ${feed.dtype} was given.`);
    }
    if (!sameShape) {
      throw new IntactError(
        'bad-data',
        `${what}, but the shape [${feed.shape.join(', ')}] was given.`,
      );
    }
    throw new IntactError(
      'bad-data',
      `${what}, which is ${count} elements, but ${feed.data.length} elements of ${feed.data.constructor.name} were given.`,
    );
  }
}

function checkComputed(graph: Graph): void {
  const ready = new Set(graph.inputs);
  const need = (index: number, where: string) => {
    if (index < 0) return;
    const value = graph.values[index];
    if (value && (value.data !== undefined || ready.has(index))) return;
    throw new IntactError(
      'malformed',
      `Nothing computes the value ${value ? `"${value.name}"` : `number ${index}`} before ${where} needs it; the model's file is damaged.`,
    );
  };
  for (const node of graph.nodes) {
    for (const index of node.inputs) need(index, `"${node.name}"`);
    for (const index of node.outputs) ready.add(index);
  }
  for (const index of graph.outputs) need(index, 'the output');
}

function refuseAboveLimit(graph: Graph, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  const gigabytes = (count: number) => `${(count / 2 ** 30).toFixed(1)} GiB`;
  throw new IntactError(
    'limit',
    `Running "${graph.name}" takes ${gigabytes(bytes)} for activations, more than the ${gigabytes(limit)} that one engine can hold. Use a smaller input size.`,
    { bytes, limit },
  );
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
  const { keepAll = false, maxBytes = maxArenaBytes } = options;
  checkComputed(graph);
  const fixed = fixedNodes(graph);
  const memory = planMemory(graph, { keepAll, outside: fixed.values });
  let bytes = memory.total;
  for (const index of fixed.values) {
    const { dtype, shape } = graph.values[index]!;
    bytes += storageBytes(dtype, shape);
  }
  refuseAboveLimit(graph, bytes, maxBytes);
  const kernels = resolveAll(graph, resolve);
  const arena = (options.arena ?? newArena)(memory.total);

  const tensors: (Tensor | undefined)[] = graph.values.map(({ shape, dtype, data }, index) => {
    if (data !== undefined) return { shape, dtype, data };
    if (fixed.values.has(index))
      return { shape, dtype, data: allocate(dtype, elementCount(shape)) };
    const offset = memory.offsets[index]!;
    if (offset < 0) return undefined;
    const view = viewOf(dtype, arena.buffer, arena.byteOffset + offset, elementCount(shape));
    return { shape, dtype, data: view };
  });
  const steps: Step[] = graph.nodes.map((node, index) => ({
    kernel: kernels[index]!,
    inputs: node.inputs.map((value) => (value < 0 ? undefined : tensors[value])),
    outputs: node.outputs.map((value) => tensors[value]!),
    results: node.outputs,
  }));
  const entries = entriesOf(graph);
  const sources = graph.inputs.map((index) => tensors[index]!);
  const results = graph.outputs.map((index) => tensors[index]!);
  // Per run: all nodes at first, then those that don't depend on constants only.
  const varying = steps.filter((_, at) => !fixed.nodes.has(at));
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
    for (const [at, { kernel, inputs, outputs, results }] of steps.entries()) {
      if (!hasRun || !fixed.nodes.has(at)) kernel(inputs, outputs);
      for (let k = 0; k < results.length; k++) {
        const seen = tap(results[k]!, outputs[k]!);
        if (!seen) continue;
        await seen;
        refuseDisposed();
      }
    }
  }

  return {
    graph,
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
        const due = hasRun ? varying : steps;
        for (let i = 0; i < due.length; i++) {
          const { kernel, inputs, outputs } = due[i]!;
          kernel(inputs, outputs);
        }
      }
      hasRun = true;
      return results.map(({ shape, dtype, data }) => ({ shape, dtype, data: data.slice() }));
    },
    async timeNode(nodeIndex, repeats) {
      while (tapped) await tapped.catch(() => undefined);
      const step = steps[nodeIndex];
      if (!step || !keepAll || !hasRun) {
        throw new IntactError(
          'usage',
          'Timing a node takes an executable prepared with keepAll, one run before, and a node of its graph.',
        );
      }
      const { kernel, inputs, outputs } = step;
      const start = performance.now();
      for (let i = 0; i < repeats; i++) kernel(inputs, outputs);
      return (performance.now() - start) / repeats;
    },
    dispose() {
      isDisposed = true;
      for (const list of [steps, varying, sources, results, tensors]) list.length = 0;
      options.onDispose?.();
    },
  };
}

const newArena = (bytes: number): Arena => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0 });

/** TypedArray.set between two arrays of the same storage type, which the caller has checked. */
function setData(target: TensorData, source: TensorData): void {
  (target as Uint8Array).set(source as Uint8Array);
}
