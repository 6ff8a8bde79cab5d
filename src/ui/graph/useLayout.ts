import { wrap } from 'comlink';
import { useEffect, useState } from 'react';
import type { Graph } from '../../model/graph';
import type { layOut, Layout, LayoutRequest } from './layout';

export const nodeWidth = 190;
export const nodeHeight = 56;

/** Edges between nodes: who made the value that a node takes. */
export function edgesOf(graph: Graph): readonly (readonly [string, string])[] {
  const maker = new Map<number, string>();
  for (const node of graph.nodes) for (const output of node.outputs) maker.set(output, node.name);
  return graph.nodes.flatMap((node) => {
    const from = new Set(node.inputs.flatMap((index) => maker.get(index) ?? []));
    return [...from].map((name) => [name, node.name] as const);
  });
}

/** Positions of the graph's nodes, worked out in a worker; undefined until they are there. */
export function useLayout(graph: Graph): Layout | undefined {
  const [placed, setPlaced] = useState<{ graph: Graph; layout: Layout }>();
  useEffect(() => {
    const worker = new Worker(new URL('../../../workers/layout.ts', import.meta.url), {
      type: 'module',
    });
    const request: LayoutRequest = {
      width: nodeWidth,
      height: nodeHeight,
      ids: graph.nodes.map(({ name }) => name),
      edges: edgesOf(graph),
    };
    void wrap<typeof layOut>(worker)(request).then((layout) => {
      setPlaced({ graph, layout });
      worker.terminate();
    });
    return () => worker.terminate();
  }, [graph]);
  return placed?.graph === graph ? placed.layout : undefined;
}
