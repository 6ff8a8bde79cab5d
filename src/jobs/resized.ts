/** A graph with open input sizes, set to the size that the samples have. */
import { IntactError } from '../model/error';
import type { Graph, Node, Value } from '../model/graph';
import { inferShapes } from '../model/infer';

const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((size, axis) => size === b[axis]);

/**
 * @param shapes one per input, batch included
 * @returns the very graph where its inputs have these shapes already
 * @throws IntactError `bad-data` where the graph can't be computed at this size
 */
export function withInputShapes(graph: Graph, shapes: readonly (readonly number[])[]): Graph {
  const changed = graph.inputs.some((index, at) => {
    const wanted = shapes[at];
    return wanted !== undefined && !same(graph.values[index]!.shape, wanted);
  });
  if (!changed) return graph;
  const values: Value[] = [...graph.values];
  // Sizes that were open are fixed now, in what the file says of each tensor too.
  const sized = (value: Value, shape: readonly number[]): Value =>
    value.signature
      ? { ...value, shape, signature: [value.signature[0] ?? -1, ...shape.slice(1)] }
      : { ...value, shape };
  graph.inputs.forEach((index, at) => {
    values[index] = sized(values[index]!, shapes[at] ?? values[index]!.shape);
  });
  const nodes: Node[] = [];
  for (const given of graph.nodes) {
    const node = given.op === 'RESHAPE' ? reshaped(graph, values, given) : given;
    nodes.push(node);
    let inferred;
    try {
      inferred = inferShapes(
        node.op,
        node.attrs,
        node.inputs.map((index) => values[index]),
      );
    } catch (thrown) {
      const reason = (thrown instanceof Error ? thrown.message : String(thrown)).replace(/\.$/, '');
      throw new IntactError(
        'bad-data',
        `The samples are ${shapes.map((shape) => shape.slice(1).join('×')).join(', ')}, a size that the model's layer "${node.name}" cannot take (${reason}). Give samples of another size, or choose a resize.`,
        { node: node.name },
      );
    }
    node.outputs.forEach((index, at) => {
      const shape = inferred[at]?.shape;
      if (shape) values[index] = sized(values[index]!, shape);
    });
  }
  return { ...graph, values, nodes };
}

/** A reshape to sizes that follow from the input's: with the constant of the new ones, in a value of its own. */
function reshaped(graph: Graph, values: Value[], node: Node): Node {
  const [from, to] = [node.inputs[0]!, node.outputs[0]!];
  const [old, now] = [graph.values[from]!.shape, values[from]!.shape];
  const constant = values[node.inputs[1] ?? -1];
  if (!constant?.data || same(old, now)) return node;
  const sizes = carried(old, now, graph.values[to]!.shape);
  if (!sizes || same(sizes, graph.values[to]!.shape)) return node;
  values.push({ ...constant, name: `${constant.name}/sized`, data: Int32Array.from(sizes) });
  return { ...node, inputs: [from, values.length - 1, ...node.inputs.slice(2)] };
}

/**
 * `target` with the sizes that follow `old` → `now`: axes kept, and axes merged into one. undefined where
 * an axis that changes is cut into several.
 */
export function carried(
  old: readonly number[],
  now: readonly number[],
  target: readonly number[],
): number[] | undefined {
  const sizes = [...target];
  const axes = old.map((_, axis) => axis).filter((axis) => old[axis] !== 1);
  if (old.some((size, axis) => size === 1 && now[axis] !== 1)) return undefined;
  const places = target.map((_, axis) => axis).filter((axis) => target[axis] !== 1);
  let at = 0;
  for (const place of places) {
    let before = 1;
    let after = 1;
    while (before < target[place]! && at < axes.length) {
      before *= old[axes[at]!]!;
      after *= now[axes[at]!]!;
      at++;
    }
    if (before !== target[place]) return undefined;
    sizes[place] = after;
  }
  return at === axes.length ? sizes : undefined;
}
