/** Weights and bias of the linear nodes, scaled per output or per input channel in float64. */
import type { Node, Value } from '../graph';
import { addValue, consumersOf, setNode, type Draft } from './draft';

/** Where a linear node keeps its weights, and what their axes mean. */
interface LinearLayout {
  readonly data: number;
  readonly weights: number;
  readonly bias: number;
  /** Axis of the output channels in the weights. */
  readonly outputAxis: number;
}

const layouts: Partial<Record<Node['op'], LinearLayout>> = {
  CONV_2D: { data: 0, weights: 1, bias: 2, outputAxis: 0 },
  DEPTHWISE_CONV_2D: { data: 0, weights: 1, bias: 2, outputAxis: 3 },
  FULLY_CONNECTED: { data: 0, weights: 1, bias: 2, outputAxis: 0 },
  TRANSPOSE_CONV: { data: 2, weights: 1, bias: 3, outputAxis: 0 },
};

export interface LinearNode extends LinearLayout {
  readonly shape: readonly number[];
  readonly channels: number;
  /** Channels of the data input (depthwise: output channels / multiplier). */
  readonly inputChannels: number;
  readonly kernel: Float32Array;
  readonly offsets: Float32Array | null;
}

const floats = (value: Value | undefined) =>
  value?.dtype === 'float32' && value.data instanceof Float32Array ? value.data : null;

/** null: not a linear node, or its weights or bias are not float32 constants. */
export function linearNode(draft: Draft, node: Node): LinearNode | null {
  const layout = layouts[node.op];
  if (!layout) return null;
  const weights = draft.values[node.inputs[layout.weights] ?? -1];
  const kernel = floats(weights);
  if (!weights || !kernel) return null;
  const biasIndex = node.inputs[layout.bias] ?? -1;
  const offsets = floats(draft.values[biasIndex]);
  const channels = weights.shape[layout.outputAxis] ?? 0;
  if (biasIndex >= 0 && offsets?.length !== channels) return null;
  const multiplier = node.op === 'DEPTHWISE_CONV_2D' ? node.attrs.depthMultiplier : 0;
  const inputChannels = multiplier
    ? channels / multiplier
    : (weights.shape[weights.shape.length - 1] ?? 1);
  return { ...layout, shape: weights.shape, channels, inputChannels, kernel, offsets };
}

/** Output channel of each weight, by flat index. */
function outputChannelOf(linear: LinearNode): (flat: number) => number {
  if (linear.outputAxis === 3) return (flat) => flat % linear.channels;
  const perChannel = linear.kernel.length / linear.channels;
  return (flat) => Math.floor(flat / perChannel);
}

export interface Folded {
  readonly kernel: Float32Array;
  readonly bias: Float32Array | null;
}

const allFinite = (array: Float32Array | null) => array === null || array.every(Number.isFinite);

/** (Wx + b)·scale + offset as W'x + b'. null when a number would leave float32. */
export function foldAfter(
  linear: LinearNode,
  scale: Float64Array,
  offset: Float64Array,
): Folded | null {
  const channelOf = outputChannelOf(linear);
  const kernel = linear.kernel.map((weight, flat) => weight * scale[channelOf(flat)]!);
  const bias =
    linear.offsets || offset.some((x) => x !== 0)
      ? Float32Array.from(offset, (x, c) => (linear.offsets?.[c] ?? 0) * scale[c]! + x)
      : null;
  return allFinite(kernel) && allFinite(bias) ? { kernel, bias } : null;
}

/** W(x·scale + offset) + b as W'x + b', vectors per input channel. Needs a kernel that sees no padding unless offset is 0. */
export function foldBefore(
  node: Node,
  linear: LinearNode,
  scale: Float64Array,
  offset: Float64Array,
): Folded | null {
  const channelOf = outputChannelOf(linear);
  const multiplier = node.op === 'DEPTHWISE_CONV_2D' ? node.attrs.depthMultiplier : 0;
  const inputOf = multiplier
    ? (flat: number) => Math.floor((flat % linear.channels) / multiplier)
    : (flat: number) => flat % linear.inputChannels;
  const sums = new Float64Array(linear.channels);
  linear.kernel.forEach((weight, flat) => {
    sums[channelOf(flat)]! += weight * offset[inputOf(flat)]!;
  });
  const kernel = linear.kernel.map((weight, flat) => weight * scale[inputOf(flat)]!);
  const bias =
    linear.offsets || sums.some((x) => x !== 0)
      ? Float32Array.from(sums, (x, c) => (linear.offsets?.[c] ?? 0) + x)
      : null;
  return allFinite(kernel) && allFinite(bias) ? { kernel, bias } : null;
}

/** Gives the node these weights and bias, as constants of its own. Names stay where nobody else uses them. */
export function setWeights(
  draft: Draft,
  nodeIndex: number,
  linear: LinearNode,
  folded: Folded,
): void {
  const node = draft.nodes[nodeIndex]!;
  const inputs = [...node.inputs];
  const place = (position: number, data: Float32Array, shape: readonly number[], name: string) => {
    const old = inputs[position] ?? -1;
    if (old >= 0 && consumersOf(draft, old).length === 1 && !draft.outputs.includes(old)) {
      draft.values[old] = { ...draft.values[old]!, data };
      return;
    }
    while (inputs.length <= position) inputs.push(-1);
    inputs[position] = addValue(draft, { name, shape, dtype: 'float32', data });
  };
  place(linear.weights, folded.kernel, linear.shape, `${node.name}/weights`);
  if (folded.bias) place(linear.bias, folded.bias, [linear.channels], `${node.name}/bias`);
  setNode(draft, nodeIndex, { ...node, inputs } as Node);
}
