/** RELU6 → RELU between the layers of a joint: scales are free then, and the float model is another one. */
import type { Graph, Node } from '../../model/graph';
import { draftOf, finish, setNode } from '../../model/passes/draft';
import { jointsOf } from './joint';

/** The very graph where no joint has a RELU6. */
export function replaceCaps(graph: Graph): {
  readonly graph: Graph;
  readonly nodes: readonly string[];
} {
  const draft = draftOf(graph);
  const replaced: string[] = [];
  for (const { capped } of jointsOf(draft))
    for (const { value, cap } of capped) {
      const index = draft.producers.get(value);
      const node: Node | null | undefined = index === undefined ? undefined : draft.nodes[index];
      if (!node || index === undefined || cap !== 6) continue;
      const other =
        node.op === 'RELU6'
          ? { ...node, op: 'RELU' as const }
          : { ...node, attrs: { ...node.attrs, activation: 'RELU' } };
      setNode(draft, index, other as Node);
      replaced.push(node.name);
    }
  return replaced.length === 0 ? { graph, nodes: [] } : { graph: finish(draft), nodes: replaced };
}
