/** What samples must fit, read off a float graph: the data room knows no graph. */
import { endsOf } from '../analysis/ends';
import type { ModelNeeds } from '../data/samples';
import type { Graph, Node } from '../model/graph';
import { affineNode } from '../model/passes/affineNode';

export function needsOf(graph: Graph): ModelNeeds {
  const rangeHint = hintOf(graph);
  return {
    inputs: graph.inputs.map((index) => {
      const { name, dtype, shape, signature } = graph.values[index]!;
      return {
        name,
        dtype,
        shape,
        signature: signature ?? shape,
        indexLimit: indexLimit(graph, index),
      };
    }),
    outputs: graph.outputs.map((index, position) => {
      const { name, shape } = graph.values[index]!;
      return { name, shape, ends: endsOf(graph, position) };
    }),
    ...(rangeHint ? { rangeHint } : {}),
  };
}

/** Ops that hand numbers on as they are. */
const carriers: ReadonlySet<Node['op']> = new Set([
  'RESHAPE',
  'SQUEEZE',
  'EXPAND_DIMS',
  'CAST',
  'TRANSPOSE',
  'PAD',
  'RESIZE_BILINEAR',
  'RESIZE_NEAREST_NEIGHBOR',
]);
/** A scale below it brings bytes to small numbers; one above it is for numbers that are small already. */
const BYTES_SCALE = 1 / 32;

/**
 * What the model does to its first input before the first weight: a scale of 1/255 or 1/58 is for
 * bytes, one of 1 or 4 for numbers from 0 to 1. undefined where it begins with a weight.
 */
function hintOf(graph: Graph): ModelNeeds['rangeHint'] {
  let value = graph.inputs[0];
  let scale = 1;
  let layer: string | undefined;
  for (let steps = 0; value !== undefined && steps <= graph.nodes.length; steps++) {
    const [node, another] = graph.nodes.filter(({ inputs }) => inputs.includes(value!));
    if (!node || another) break;
    const affine = affineNode(node, graph.values);
    if (affine) {
      scale *= affine.scale.reduce((sum, x) => sum + Math.abs(x), 0) / affine.scale.length;
      const { name, type } = graph.layers[node.layer] ?? { name: node.name, type: node.op };
      if (node.op === 'MUL' || node.op === 'DIV') layer ??= `${type} "${name}"`;
    } else if (!carriers.has(node.op)) break;
    value = node.outputs[0];
  }
  if (layer === undefined || !Number.isFinite(scale) || scale === 0) return undefined;
  const bytes = scale < BYTES_SCALE;
  return {
    preset: bytes ? 'raw-255' : 'zero-one',
    why: `The model scales its input itself (${layer}, by ${Number(scale.toPrecision(3))}), for numbers from 0 to ${bytes ? 255 : 1}.`,
    proven: bytes,
  };
}

/**
 * Rows of the table that an input's values index (an embedding, also behind arithmetic on integers,
 * with which TFLite's converter lets negative indices count from the end), 0 when it is no index:
 * made-up samples must stay inside it.
 */
function indexLimit(graph: Graph, input: number): number {
  const front = [input];
  const seen = new Set(front);
  while (front.length > 0) {
    const value = front.pop()!;
    for (const node of graph.nodes) {
      const position = node.inputs.indexOf(value);
      if (position < 0) continue;
      const rows = rowsIndexed(graph, node, position);
      if (rows !== undefined) return rows;
      const next = node.outputs[0]!;
      const { dtype } = graph.values[next]!;
      const carries = node.op === 'RESHAPE' || dtype === 'int32' || dtype === 'int64';
      if (carries && !seen.has(next)) {
        seen.add(next);
        front.push(next);
      }
    }
  }
  return 0;
}

/** Rows of the table that a lookup indexes by this input; undefined: it is no index there. */
function rowsIndexed(graph: Graph, node: Node, position: number): number | undefined {
  const shape = (at: number) => graph.values[node.inputs[at]!]!.shape;
  if (node.op === 'GATHER' && position === 1)
    return shape(0)[node.attrs.axis < 0 ? 0 : node.attrs.axis] ?? 0;
  if (node.op === 'EMBEDDING_LOOKUP' && position === 0) return shape(1)[0] ?? 0;
  return undefined;
}
