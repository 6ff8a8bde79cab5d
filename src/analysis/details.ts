/** What the inspector draws of a layer: weights and activations with their grids. */
import type { Graph, Node, Value } from '../model/graph';
import type { Plan, Stats } from '../quant/types';
import { why } from '../quant/why';
import type { Histogram, LayerDetail } from '../run/details';

const WEIGHT_BINS = 128;

/** What the inspector draws, for every node of the optimized float graph. */
export function layerDetails(
  graph: Graph,
  plan: Plan,
  stats: Stats | undefined,
): Record<string, LayerDetail> {
  const details: Record<string, LayerDetail> = {};
  for (const node of graph.nodes) {
    const weights = weightsOf(graph, node);
    const output = graph.values[node.outputs[0]!]!;
    const seen = stats?.values[output.name];
    const chosen = plan.values[output.name];
    details[node.name] = {
      id: node.name,
      ...(weights ? { weights: weightDetail(weights, node, plan) } : {}),
      ...(seen
        ? {
            activation: {
              histogram: { min: seen.seenMin, max: seen.seenMax, counts: seen.histogram },
              ...clipRange(chosen, seen),
              seenMin: seen.seenMin,
              seenMax: seen.seenMax,
              why: chosen?.why ?? plan.nodes[node.name]?.why ?? why('no-rule', {}),
            },
          }
        : {}),
    };
  }
  return details;
}

function clipRange(
  chosen: Plan['values'][string] | undefined,
  seen: { min: number; max: number },
): { clipMin: number; clipMax: number; scale: number; zeroPoint: number } {
  const scale = chosen?.scale[0] ?? 0;
  const zeroPoint = chosen?.zeroPoint[0] ?? 0;
  if (!chosen) return { clipMin: seen.min, clipMax: seen.max, scale, zeroPoint };
  const [low, high] = chosen.dtype === 'int16' ? [-32768, 32767] : [-128, 127];
  return {
    clipMin: scale * (low - zeroPoint),
    clipMax: scale * (high - zeroPoint),
    scale,
    zeroPoint,
  };
}

/** The constant weights of a compute node: its float constant of rank two and more. */
export function weightsOf(graph: Graph, node: Node): Value | undefined {
  for (const index of node.inputs) {
    const value = graph.values[index];
    if (value?.data instanceof Float32Array && value.shape.length >= 2) return value;
  }
  return undefined;
}

function weightDetail(value: Value, node: Node, plan: Plan): NonNullable<LayerDetail['weights']> {
  const data = value.data as Float32Array;
  const axis = node.op === 'DEPTHWISE_CONV_2D' ? value.shape.length - 1 : 0;
  const channels = value.shape[axis] ?? 1;
  const inner = value.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const channelMin = new Float32Array(channels).fill(Infinity);
  const channelMax = new Float32Array(channels).fill(-Infinity);
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / inner) % channels;
    const x = data[i]!;
    if (x < channelMin[channel]!) channelMin[channel] = x;
    if (x > channelMax[channel]!) channelMax[channel] = x;
  }
  return {
    shape: value.shape,
    histogram: histogram(data),
    scale: plan.values[value.name]?.scale ?? new Float32Array(0),
    channelMin,
    channelMax,
  };
}

/** Counts over equal bins from the smallest to the largest value. */
export function histogram(data: ArrayLike<number>, bins = WEIGHT_BINS): Histogram {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < data.length; i++) {
    const x = data[i]!;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  const counts = new Float64Array(bins);
  if (!(max > min)) {
    counts[bins >> 1] = data.length;
    return { min: min === Infinity ? 0 : min, max: min === Infinity ? 0 : max, counts };
  }
  const scale = bins / (max - min);
  for (let i = 0; i < data.length; i++) {
    counts[Math.min(bins - 1, Math.floor((data[i]! - min) * scale))]!++;
  }
  return { min, max, counts };
}
