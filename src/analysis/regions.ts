/**
 * Which part of a node's inputs a block of its output comes from: blocks of columns are followed from
 * the model's output back to where they are made.
 */
import type { Graph, Node } from '../model/graph';

/** Slices [from, to) along one axis of a value, or all of it. */
export interface Region {
  readonly value: number;
  readonly slices?: { readonly axis: number; readonly from: number; readonly to: number };
}

/** Operators whose output element depends on the input element at the same place (and on constants). */
const elementwise: ReadonlySet<string> = new Set([
  'ADD', 'SUB', 'MUL', 'DIV', 'MAXIMUM', 'MINIMUM', 'SQUARED_DIFFERENCE', 'POW', 'FLOOR_DIV',
  'FLOOR_MOD', 'PRELU', 'RELU', 'RELU6', 'RELU_N1_TO_1', 'RELU_0_TO_1', 'LEAKY_RELU', 'ELU', 'GELU',
  'HARD_SWISH', 'LOGISTIC', 'TANH', 'EXP', 'LOG', 'SQRT', 'RSQRT', 'SQUARE', 'ABS', 'NEG', 'SIGN',
  'SIN', 'COS', 'FLOOR', 'CEIL', 'ROUND', 'CAST', 'QUANTIZE', 'DEQUANTIZE',
]); // prettier-ignore
/** Operators that keep apart the axes whose size they keep. */
const perAxis: ReadonlySet<string> = new Set([
  'AVERAGE_POOL_2D', 'MAX_POOL_2D', 'L2_POOL_2D', 'DEPTHWISE_CONV_2D', 'RESIZE_BILINEAR',
  'RESIZE_NEAREST_NEIGHBOR', 'PAD', 'PADV2', 'MIRROR_PAD', 'SLICE', 'STRIDED_SLICE',
]); // prettier-ignore

export const shapeOf = (graph: Graph, value: number): readonly number[] =>
  graph.values[value]?.shape ?? [];
const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

/** Node that makes each value. */
export function makersOf(graph: Graph): ReadonlyMap<number, number> {
  return new Map(
    graph.nodes.flatMap((node, index) => node.outputs.map((output) => [output, index] as const)),
  );
}

/** Inputs of a node that are computed, not constants. */
export function computedInputs(graph: Graph, node: Node): readonly number[] {
  return node.inputs.filter((input) => graph.values[input] && !graph.values[input].data);
}

/** The axis of `before` that a reshape leaves as `axis` of `after`: same size, same numbers on both sides. */
function keptAxis(before: readonly number[], after: readonly number[], axis: number) {
  const inner = product(after.slice(axis + 1));
  return before.findIndex(
    (size, at) => size === after[axis] && product(before.slice(at + 1)) === inner,
  );
}

function same(region: Region, value: number, axis: number): Region {
  return region.slices ? { value, slices: { ...region.slices, axis } } : { value };
}

/** The regions of the node's computed inputs that `region` of its output comes from. */
export function cameFrom(graph: Graph, node: Node, region: Region): readonly Region[] {
  const inputs = computedInputs(graph, node);
  const whole = inputs.map((value): Region => ({ value }));
  if (!region.slices) return whole;
  const { axis, from, to } = region.slices;
  const after = shapeOf(graph, region.value);
  if (elementwise.has(node.op))
    return inputs.map((value) => {
      const before = shapeOf(graph, value);
      const at = axis - (after.length - before.length); // broadcast aligns the last axes
      return at >= 0 && before[at] === after[axis] ? same(region, value, at) : { value };
    });
  if (perAxis.has(node.op))
    return inputs.map((value) => {
      const before = shapeOf(graph, value);
      const kept = before.length === after.length && before[axis] === after[axis];
      return kept ? same(region, value, axis) : { value };
    });
  switch (node.op) {
    case 'RESHAPE':
    case 'SQUEEZE':
    case 'EXPAND_DIMS':
      return inputs.map((value) => {
        const at = keptAxis(shapeOf(graph, value), after, axis);
        return at < 0 ? { value } : same(region, value, at);
      });
    case 'TRANSPOSE': {
      const order = graph.values[node.inputs[1]!]?.data;
      return order ? inputs.map((value) => same(region, value, Number(order[axis]))) : whole;
    }
    case 'CONCATENATION':
      if (concatAxis(node.attrs.axis, after) !== axis)
        return inputs.map((value) => same(region, value, axis));
      return joined(graph, node, axis).flatMap(({ value, from: start, to: end }): Region[] => {
        const [first, last] = [Math.max(from, start), Math.min(to, end)];
        if (first >= last) return [];
        if (first === start && last === end) return [{ value }];
        return [{ value, slices: { axis, from: first - start, to: last - start } }];
      });
    default:
      return whole;
  }
}

const concatAxis = (axis: number, shape: readonly number[]) =>
  axis < 0 ? axis + shape.length : axis;

/** Where each input of a concatenation stands on its axis; constants too. */
function joined(graph: Graph, node: Node, axis: number) {
  let at = 0;
  return node.inputs.map((value) => {
    const from = at;
    at += shapeOf(graph, value)[axis] ?? 0;
    return { value, from, to: at };
  });
}

/**
 * The blocks that were joined into `axis` of a value, as borders [0, …, size]; undefined where it
 * wasn't joined. Followed back through operators that keep the axis apart; nested joins too.
 */
export function blocksOf(
  graph: Graph,
  value: number,
  axis: number,
  makers = makersOf(graph),
): readonly number[] | undefined {
  const made = makers.get(value);
  const node = made === undefined ? undefined : graph.nodes[made];
  const size = shapeOf(graph, value)[axis];
  if (!node || size === undefined) return undefined;
  if (
    node.op === 'CONCATENATION' &&
    concatAxis(node.attrs.axis, shapeOf(graph, value)) === axis &&
    node.inputs.length > 1
  ) {
    const borders = [0];
    for (const { value: input, from, to } of joined(graph, node, axis)) {
      const inner = blocksOf(graph, input, axis, makers) ?? [0, to - from];
      borders.push(...inner.slice(1).map((border) => border + from));
    }
    return borders;
  }
  // One slice would be followed wherever the whole axis goes.
  const sources = cameFrom(graph, node, { value, slices: { axis, from: 0, to: size } });
  const [source] = sources;
  if (sources.length !== 1 || !source?.slices) return undefined;
  const { axis: at, from, to } = source.slices;
  return from === 0 && to === shapeOf(graph, source.value)[at]
    ? blocksOf(graph, source.value, at, makers)
    : undefined;
}
