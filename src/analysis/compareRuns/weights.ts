/** What moved between the weights of two runs of one model: Δw, and roundings that fell the other way. */
import type { Histogram } from '../../run/details';
import type { Graph } from '../../model/graph';
import type { Made } from '../../run/types';

export interface WeightsMoved {
  /** Weights of the layer. */
  readonly count: number;
  /** Float weights that aren't the same. */
  readonly changed: number;
  /** Of the float weights, `b − a`. */
  readonly delta: Histogram;
  readonly rms: number;
  /** Integers that aren't the same; absent where a run keeps no integers of this layer. */
  readonly flipped?: number;
}

const bins = 64;

/** undefined where the layer has no weights in both, or not as many. */
export function weightsMoved(
  a: Pick<Made, 'graph' | 'converted'>,
  b: Pick<Made, 'graph' | 'converted'>,
  nodes: readonly [string, string],
): WeightsMoved | undefined {
  const [before, after] = [weightsOf(a.graph, nodes[0]), weightsOf(b.graph, nodes[1])];
  if (!before || before.length !== after?.length) return undefined;
  const delta = Float32Array.from(after, (value, at) => value - before[at]!);
  const flipped = differing(integersOf(a.converted, nodes[0]), integersOf(b.converted, nodes[1]));
  return {
    count: delta.length,
    changed: delta.reduce((sum, value) => sum + Number(value !== 0), 0),
    delta: histogramOf(delta),
    rms: Math.sqrt(delta.reduce((sum, value) => sum + value * value, 0) / delta.length),
    ...(flipped === undefined ? {} : { flipped }),
  };
}

function constantOf(graph: Graph, name: string) {
  const node = graph.nodes.find((one) => one.name === name);
  return node && graph.values[node.inputs[1] ?? -1]?.data;
}

function weightsOf(graph: Graph, name: string): Float32Array | undefined {
  const data = constantOf(graph, name);
  return data instanceof Float32Array ? data : undefined;
}

function integersOf(graph: Graph, name: string): Int8Array | undefined {
  const data = constantOf(graph, name);
  return data instanceof Int8Array ? data : undefined;
}

function differing(a: Int8Array | undefined, b: Int8Array | undefined): number | undefined {
  if (!a || a.length !== b?.length) return undefined;
  return a.reduce((sum, value, at) => sum + Number(value !== b[at]), 0);
}

function histogramOf(values: Float32Array): Histogram {
  const min = values.reduce((least, value) => Math.min(least, value), Infinity);
  const max = values.reduce((most, value) => Math.max(most, value), -Infinity);
  const counts = new Float64Array(bins);
  const width = (max - min) / bins;
  for (const value of values)
    counts[width > 0 ? Math.min(bins - 1, Math.floor((value - min) / width)) : 0]!++;
  return { min, max, counts };
}
