/**
 * Joints: a linear node whose output reaches nothing but linear nodes, over operators that commute with a
 * positive factor per channel. Such a factor can be taken out of the first node's weights and put into
 * those of the others, and the function stays (arXiv 1906.04721 §4.1 eq. 5–7).
 */
import { elementCount, type Graph, type Node } from '../../model/graph';
import { consumersOf, type Draft } from '../../model/passes/draft';
import { linearNode, type LinearNode } from '../../model/passes/linearNode';

export interface JointConsumer {
  /** Index of the node. */
  readonly node: number;
  /** Channel of the producer that each input channel of its weights gets. */
  readonly channelOf: Int32Array;
}
/** A value that an activation keeps below a bound: beyond it a factor doesn't commute. */
export interface Capped {
  /** Index of the value. */
  readonly value: number;
  readonly cap: number;
  /** Channel of the producer of each position of the value's last axis. */
  readonly channelOf: Int32Array;
}
export interface Joint {
  /** Index of the node that makes the channels. */
  readonly producer: number;
  readonly channels: number;
  readonly consumers: readonly JointConsumer[];
  readonly capped: readonly Capped[];
  /** Every value between them. */
  readonly values: readonly number[];
  /** Nodes between them, and the consumers, hand on a constant that is added to a channel. */
  readonly shifts: boolean;
}

/** Bounds of activations; they commute with a factor below them. */
const caps: Readonly<Record<string, number>> = { RELU6: 6, RELU_N1_TO_1: 1, RELU_0_TO_1: 1 };
export const capOf = (activation: string): number | undefined => caps[activation];

/** Operators with one float input that work on each channel alone. `shift`: f(x + c) = f(x) + c for x, c ≥ 0. */
const commuting: Readonly<Partial<Record<Node['op'], { readonly shift: boolean }>>> = {
  RELU: { shift: true },
  RELU6: { shift: true },
  RELU_N1_TO_1: { shift: true },
  RELU_0_TO_1: { shift: true },
  LEAKY_RELU: { shift: true },
  PRELU: { shift: true },
  ABS: { shift: true },
  MAX_POOL_2D: { shift: true },
  AVERAGE_POOL_2D: { shift: true },
  PAD: { shift: false },
  MIRROR_PAD: { shift: true },
  MEAN: { shift: true },
  SUM: { shift: false },
  REDUCE_MAX: { shift: true },
  REDUCE_MIN: { shift: true },
  RESHAPE: { shift: true },
  SQUEEZE: { shift: true },
  EXPAND_DIMS: { shift: true },
  TRANSPOSE: { shift: true },
  RESIZE_BILINEAR: { shift: true },
  RESIZE_NEAREST_NEIGHBOR: { shift: true },
  SPACE_TO_BATCH_ND: { shift: false },
  BATCH_TO_SPACE_ND: { shift: true },
};
const fusedAllowed: ReadonlySet<string> = new Set(['NONE', 'RELU', ...Object.keys(caps)]);
const relabels: ReadonlySet<string> = new Set<Node['op']>(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS']);
const reduces: ReadonlySet<string> = new Set<Node['op']>([
  'MEAN',
  'SUM',
  'REDUCE_MAX',
  'REDUCE_MIN',
]);

const fusedOf = (node: Node): string =>
  'activation' in node.attrs ? node.attrs.activation : 'NONE';

/** Joints of the graph, in the order of their producers. */
export function jointsOf(draft: Draft): Joint[] {
  const found: Joint[] = [];
  draft.nodes.forEach((node, index) => {
    const joint = node && jointAt(draft, node, index);
    if (joint) found.push(joint);
  });
  return found;
}

/** Weights of a linear node that nobody else reads. */
export function ownLinear(draft: Draft, node: Node): LinearNode | null {
  const linear = linearNode(draft, node);
  if (!linear) return null;
  const constants = [linear.weights, linear.bias].map((at) => node.inputs[at] ?? -1);
  const isOwn = (index: number) =>
    index < 0 || (consumersOf(draft, index).length === 1 && !draft.outputs.includes(index));
  const finite =
    linear.kernel.every(Number.isFinite) && (linear.offsets?.every(Number.isFinite) ?? true);
  return constants.every(isOwn) && constants[0] !== constants[1] && finite ? linear : null;
}

function jointAt(draft: Draft, producer: Node, index: number): Joint | undefined {
  const linear = ownLinear(draft, producer);
  if (!linear || !fusedAllowed.has(fusedOf(producer))) return undefined;
  const consumers: JointConsumer[] = [];
  const capped: Capped[] = [];
  const values: number[] = [];
  let shifts = true;
  const identity = Int32Array.from({ length: linear.channels }, (_, channel) => channel);
  const front: [number, Int32Array, string][] = [
    [producer.outputs[0]!, identity, fusedOf(producer)],
  ];
  while (front.length > 0) {
    const [value, channelOf, activation] = front.pop()!;
    const { dtype, shape } = draft.values[value]!;
    if (dtype !== 'float32' || draft.outputs.includes(value)) return undefined;
    if (shape.at(-1) !== channelOf.length) return undefined;
    values.push(value);
    const cap = capOf(activation);
    if (cap !== undefined) capped.push({ value, cap, channelOf });
    for (const at of consumersOf(draft, value)) {
      const node = draft.nodes[at]!;
      const consumer = consumerAt(draft, node, value, channelOf);
      if (consumer) {
        consumers.push({ node: at, channelOf: consumer });
        shifts &&= seesNoPadding(draft, node);
        continue;
      }
      const next = handedOn(draft, node, value, channelOf);
      if (!next) return undefined;
      shifts &&= commuting[node.op]!.shift;
      const fused =
        fusedOf(node) === 'NONE' && capOf(node.op) !== undefined ? node.op : fusedOf(node);
      front.push([node.outputs[0]!, next, fused]);
    }
  }
  if (consumers.length === 0 || consumers.some(({ node }) => node === index)) return undefined;
  return { producer: index, channels: linear.channels, consumers, capped, values, shifts };
}

/** Channels by input channel of the weights; undefined where the node isn't linear in the value alone. */
function consumerAt(
  draft: Draft,
  node: Node,
  value: number,
  channelOf: Int32Array,
): Int32Array | undefined {
  const linear = ownLinear(draft, node);
  if (!linear || node.inputs[linear.data] !== value) return undefined;
  if (node.inputs.filter((input) => input === value).length > 1) return undefined;
  // A convolution in groups has the channels of its group alone.
  if (node.op !== 'FULLY_CONNECTED')
    return linear.inputChannels === channelOf.length ? channelOf : undefined;
  return relabelled(channelOf, linear.inputChannels);
}

/** The same channels on a last axis of another length, for tensors in the same order; undefined where a position would have several. */
function relabelled(channelOf: Int32Array, length: number): Int32Array | undefined {
  const old = channelOf.length;
  if (length % old === 0) return Int32Array.from({ length }, (_, at) => channelOf[at % old]!);
  if (old % length !== 0) return undefined;
  return channelOf.every((channel, at) => channel === channelOf[at % length]!)
    ? channelOf.slice(0, length)
    : undefined;
}

/** Channels of the result's last axis; undefined where the node doesn't commute with a factor. */
function handedOn(
  draft: Draft,
  node: Node,
  value: number,
  channelOf: Int32Array,
): Int32Array | undefined {
  if (!commuting[node.op] || node.inputs[0] !== value || !fusedAllowed.has(fusedOf(node)))
    return undefined;
  if (node.inputs.filter((input) => input === value).length > 1) return undefined;
  const [shape, result] = [value, node.outputs[0]!].map((index) => draft.values[index]!.shape) as [
    readonly number[],
    readonly number[],
  ];
  const last = shape.length - 1;
  const integers = () => {
    const data = draft.values[node.inputs[1] ?? -1]?.data;
    return data instanceof Int32Array ? data : undefined;
  };
  if (relabels.has(node.op)) {
    if (elementCount(shape) !== elementCount(result)) return undefined;
    return relabelled(channelOf, result.at(-1) ?? 1);
  }
  if (reduces.has(node.op)) {
    const axes = integers();
    if (!axes || axes.some((axis) => (axis + shape.length) % shape.length === last))
      return undefined;
    return channelOf;
  }
  if (node.op === 'PAD' || node.op === 'MIRROR_PAD') {
    const widths = integers();
    return widths && widths[2 * last] === 0 && widths[2 * last + 1] === 0 ? channelOf : undefined;
  }
  if (node.op === 'TRANSPOSE') return integers()?.[last] === last ? channelOf : undefined;
  // A slope of its own for each position is one for each channel too.
  return result.at(-1) === channelOf.length ? channelOf : undefined;
}

/** True where no zero is put beside the node's input: a constant there is a constant to every position. */
function seesNoPadding(draft: Draft, node: Node): boolean {
  if (node.op === 'FULLY_CONNECTED') return true;
  if (node.op !== 'CONV_2D' && node.op !== 'DEPTHWISE_CONV_2D') return false;
  const { padding, strideH, strideW, dilationH, dilationW } = node.attrs;
  if (padding === 'VALID') return true;
  const [input, weights] = [0, 1].map((at) => draft.values[node.inputs[at]!]!.shape);
  const output = draft.values[node.outputs[0]!]!.shape;
  const spare = (axis: 1 | 2, stride: number, dilation: number) =>
    (output[axis]! - 1) * stride + (weights![axis]! - 1) * dilation + 1 - input![axis]!;
  return spare(1, strideH, dilationH) <= 0 && spare(2, strideW, dilationW) <= 0;
}

/** The names of the nodes of a joint, the producer first. */
export const namesOf = (graph: Pick<Graph, 'nodes'>, { producer, consumers }: Joint): string[] => [
  graph.nodes[producer]!.name,
  ...consumers.map(({ node }) => graph.nodes[node]!.name),
];
