import type { Graph } from '../model/graph';

/**
 * The part of a graph that a change at one node reaches: its downstream nodes, and what they need
 * besides. Values for which `known` holds, made outside that part, become inputs; their numbers are
 * the float model's. The outputs are the graph's own where the change reaches them.
 */
export function affectedBy(
  graph: Graph,
  nodeName: string,
  known: (valueName: string) => boolean,
): Graph {
  const reached = new Set<number>();
  const changed = new Set<number>();
  graph.nodes.forEach((node, index) => {
    if (node.name !== nodeName && !node.inputs.some((input) => changed.has(input))) return;
    reached.add(index);
    for (const output of node.outputs) changed.add(output);
  });
  const maker = new Map<number, number>();
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) maker.set(output, index);
  });
  const needed = new Set<number>();
  const inputs = new Set<number>();
  const pending = [...reached];
  while (pending.length > 0) {
    const index = pending.pop()!;
    if (needed.has(index)) continue;
    needed.add(index);
    for (const input of graph.nodes[index]!.inputs) {
      const value = graph.values[input];
      if (!value || value.data || changed.has(input)) continue;
      const made = maker.get(input);
      if (made === undefined || known(value.name)) inputs.add(input);
      else pending.push(made);
    }
  }
  const outputs = graph.outputs.filter((output) => changed.has(output));
  return {
    ...graph,
    nodes: graph.nodes.filter((_, index) => needed.has(index)),
    inputs: [...inputs].sort((a, b) => a - b),
    outputs,
  };
}
