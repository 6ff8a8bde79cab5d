/** A graph with open input sizes, set to the size that the samples have. */
import { IntactError } from '../model/error';
import type { Graph, Value } from '../model/graph';
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
  for (const node of graph.nodes) {
    let inferred;
    try {
      inferred = inferShapes(
        node.op,
        node.attrs,
        node.inputs.map((index) => values[index]),
      );
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new IntactError(
        'bad-data',
        `The samples are ${shapes.map((shape) => shape.slice(1).join('×')).join(', ')}, a size that the model's layer "${node.name}" cannot take (${reason}) Give samples of another size, or choose a resize.`,
        { node: node.name },
      );
    }
    node.outputs.forEach((index, at) => {
      const shape = inferred[at]?.shape;
      if (shape) values[index] = sized(values[index]!, shape);
    });
  }
  return { ...graph, values };
}
