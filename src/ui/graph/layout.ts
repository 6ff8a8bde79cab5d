import { Graph as Dag, layout } from '@dagrejs/dagre';

export interface LayoutRequest {
  readonly width: number;
  readonly height: number;
  readonly ids: readonly string[];
  readonly edges: readonly (readonly [from: string, to: string])[];
}
/** Top left corners by id. */
export type Layout = Readonly<Record<string, { readonly x: number; readonly y: number }>>;

/** Layered top-down layout (Sugiyama, by dagre); nodes all have the same size. */
export function layOut({ width, height, ids, edges }: LayoutRequest): Layout {
  const dag = new Dag();
  dag.setGraph({ rankdir: 'TB', nodesep: 24, ranksep: 34, ranker: 'tight-tree' });
  dag.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) dag.setNode(id, { width, height });
  for (const [from, to] of edges) dag.setEdge(from, to);
  layout(dag);
  return Object.fromEntries(
    ids.map((id) => {
      const { x = 0, y = 0 } = dag.node(id) as { x?: number; y?: number };
      return [id, { x: x - width / 2, y: y - height / 2 }];
    }),
  );
}
