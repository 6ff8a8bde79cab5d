/** Where a loss is taken: the outputs, or what stands before the activation that ends them. */
import type { Graph } from '../model/graph';

export interface Head {
  /** Index of the value that the loss reads. */
  readonly value: number;
  /** `classes`: logits of SOFTMAX. `binary`: logits of LOGISTIC. `plain`: the output itself. */
  readonly kind: 'classes' | 'binary' | 'plain';
  /** Index of the graph's output. */
  readonly output: number;
}

/** One per output that has a float value somewhere; SOFTMAX with another β than 1 stays in. */
export function headsOf(graph: Graph): Head[] {
  const maker = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const heads = graph.outputs.map((output): Head | undefined => {
    let value = output;
    let kind: Head['kind'] = 'plain';
    for (;;) {
      const node = maker.get(value);
      if (node?.op === 'ARG_MAX') kind = 'classes';
      else if (node?.op === 'LOG_SOFTMAX' || (node?.op === 'SOFTMAX' && node.attrs.beta === 1))
        kind = 'classes';
      else if (node?.op === 'LOGISTIC') kind = 'binary';
      else break;
      value = node.inputs[0]!;
      if (node.op !== 'ARG_MAX') break;
    }
    const { dtype, data } = graph.values[value]!;
    return dtype === 'float32' && data === undefined ? { value, kind, output } : undefined;
  });
  const found = heads.filter((head) => head !== undefined);
  return found.filter((head, i) => found.findIndex((other) => other.value === head.value) === i);
}
