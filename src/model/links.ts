/** Who makes and who reads each value of a graph: asked once of a graph, which never changes. */
import type { Graph } from './graph';

export interface Links {
  /** Index of the node that makes the value; undefined for inputs and constants. */
  maker(value: number): number | undefined;
  /** Indices of the nodes that read it, in order, each once. */
  readers(value: number): readonly number[];
}

const known = new WeakMap<Graph, Links>();
const none: readonly number[] = [];

export function linksOf(graph: Graph): Links {
  const before = known.get(graph);
  if (before) return before;
  const makers = new Map<number, number>();
  const readers = new Map<number, number[]>();
  graph.nodes.forEach((node, index) => {
    for (const output of node.outputs) if (!makers.has(output)) makers.set(output, index);
    for (const input of node.inputs) {
      const list = readers.get(input);
      if (!list) readers.set(input, [index]);
      else if (list.at(-1) !== index) list.push(index);
    }
  });
  const links: Links = {
    maker: (value) => makers.get(value),
    readers: (value) => readers.get(value) ?? none,
  };
  known.set(graph, links);
  return links;
}
