/** What an engine refuses: graphs that can't run, that are too large or incomplete, and feeds that don't fit. */
import { IntactError } from '../model/error';
import {
  allocate,
  elementCount,
  valueAt,
  type Graph,
  type Tensor,
  type Value,
} from '../model/graph';
import type { Kernel, KernelSite } from './engine';

/** One site per node, in order. */
export function kernelSites(graph: Graph): KernelSite[] {
  return graph.nodes.map((node) => ({
    node,
    inputs: node.inputs.map((index) => valueAt(graph, index)),
    outputs: node.outputs.map((index) => graph.values[index]!),
    rounding: graph.rounding?.[node.op] ?? 'xnnpack-f32',
  }));
}

export type Resolve = (site: KernelSite) => Kernel | undefined;

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
export function resolveAll(graph: Graph, resolve: Resolve): Kernel[] {
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
export interface Entry {
  readonly value: Value;
  readonly count: number;
  readonly storage: unknown;
}

export function entriesOf(graph: Graph): Entry[] {
  return graph.inputs.map((index) => {
    const value = graph.values[index]!;
    const storage = allocate(value.dtype, 0).constructor;
    return { value, count: elementCount(value.shape), storage };
  });
}

/** Throws `bad-data`. */
export function checkFeeds(entries: readonly Entry[], feeds: readonly Tensor[]): void {
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

/** Throws `malformed` where a value is used that nothing computes. */
export function checkComputed(graph: Graph): void {
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

/** Throws `limit`. */
export function refuseAboveLimit(graph: Graph, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  const gigabytes = (count: number) => `${(count / 2 ** 30).toFixed(1)} GiB`;
  throw new IntactError(
    'limit',
    `Running "${graph.name}" takes ${gigabytes(bytes)} for activations, more than the ${gigabytes(limit)} that one engine can hold. Use a smaller input size.`,
    { bytes, limit },
  );
}
