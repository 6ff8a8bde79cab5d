/**
 * PADs that the convolution behind them takes in: it reads what the PAD reads and makes the border itself, so that
 * no padded copy is written. Only where the border is what the convolution's own would hold, and nobody else reads
 * the copy. A run with a tap computes the PAD nevertheless: the tap is shown every value.
 */
import { valueAt, type Graph, type Node, type Value } from '../../model/graph';
import { affine } from '../reference/int/site';
import { scaleOf } from '../reference/int16/numerics';
import { numbersOf, zeroOf } from '../reference/site';

/** Lines and columns that a PAD adds to images. */
export interface Border {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface Fold {
  /** Index of the node that needn't run, and of the one that reads `source` in place of its output. */
  readonly pad: number;
  readonly reader: number;
  readonly source: number;
  readonly border: Border;
}

function borderOf(graph: Graph, { op, inputs, outputs }: Node): Border | undefined {
  if (op !== 'PAD' && op !== 'PADV2') return undefined;
  const [input, paddings, constant] = inputs.map((index) => valueAt(graph, index));
  const output = graph.values[outputs[0]!]!;
  if (!input || input.data || input.shape.length !== 4 || !paddings?.data) return undefined;
  if (op === 'PADV2' && !constant?.data) return undefined;
  const held = constant?.data ? Number(constant.data[0]) : zeroOf(output);
  if (!sameGrid(input, output) || held !== zeroOf(input)) return undefined;
  const pairs = numbersOf(paddings.data);
  if (pairs.length !== 8 || pairs.some((size) => size < 0)) return undefined;
  const [n0, n1, top, bottom, left, right, c0, c1] = pairs as [
    ...[number, number, number, number, number, number, number, number],
  ];
  if (n0 + n1 + c0 + c1 > 0) return undefined;
  const sizes = [0, top + bottom, left + right, 0];
  const fits = input.shape.every((size, axis) => size + sizes[axis]! === output.shape[axis]);
  return fits ? { top, bottom, left, right } : undefined;
}

function sameGrid(a: Value, b: Value): boolean {
  if (a.dtype !== b.dtype) return false;
  if (a.dtype === 'float32') return !a.quant && !b.quant;
  if (a.dtype === 'int16') return scaleOf(a) !== undefined && scaleOf(a) === scaleOf(b);
  const [p, q] = [affine(a), affine(b)];
  return a.dtype === 'int8' && !!p && p.scale === q?.scale && p.zeroPoint === q.zeroPoint;
}

/** Of a graph whose nodes run in order, by the reader's node. */
export function foldsOf(graph: Graph): Map<Node, Fold> {
  const readers = new Map<number, number[]>();
  graph.nodes.forEach(({ inputs }, index) => {
    for (const input of inputs) readers.set(input, [...(readers.get(input) ?? []), index]);
  });
  const folds = new Map<Node, Fold>();
  graph.nodes.forEach((node, pad) => {
    const border = borderOf(graph, node);
    if (!border || graph.outputs.includes(node.outputs[0]!)) return;
    const [reader, ...others] = readers.get(node.outputs[0]!) ?? [];
    const next = reader === undefined ? undefined : graph.nodes[reader]!;
    if (!next || others.length > 0 || next.inputs[0] !== node.outputs[0]) return;
    if (next.op !== 'CONV_2D' && next.op !== 'DEPTHWISE_CONV_2D') return;
    folds.set(next, { pad, reader: reader!, source: node.inputs[0]!, border });
  });
  return folds;
}
