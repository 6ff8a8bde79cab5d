/**
 * The fused activation of a TRANSPOSE_CONV becomes a node of its own, on the same scale where it is
 * quantized: only runtimes since 2023 know the fused form (operator version 4). optimize begins with it,
 * so that BatchNorm is folded alike whichever form a file has.
 */
import type { Graph, Node } from '../graph';
import { createNames } from '../names';
import { addValue, draftOf, finish, setNode, setOutput } from './draft';

const ops = { RELU: 'RELU', RELU6: 'RELU6', RELU_N1_TO_1: 'RELU_N1_TO_1', TANH: 'TANH' } as const;

export function splitActivation(graph: Graph): Graph {
  const fused = (node: Node): node is Extract<Node, { op: 'TRANSPOSE_CONV' }> =>
    node.op === 'TRANSPOSE_CONV' && node.attrs.activation in ops;
  if (!graph.nodes.some(fused)) return graph;
  const draft = draftOf({
    ...graph,
    nodes: graph.nodes.flatMap((node): Node[] => (fused(node) ? [node, node] : [node])),
  });
  const names = createNames(graph.nodes.map(({ name }) => name));
  draft.nodes.forEach((node, index) => {
    if (!node || !fused(node) || draft.nodes[index + 1] !== node) return;
    const activation = node.attrs.activation as keyof typeof ops;
    const output = node.outputs[0]!;
    const whole = draft.values[output]!;
    const linear = addValue(draft, { ...whole, name: `${whole.name}/linear` });
    const name = names.claim(`${node.name}/${activation.toLowerCase()}`);
    setNode(draft, index, { ...node, attrs: { ...node.attrs, activation: 'NONE' } });
    setOutput(draft, index, linear);
    setNode(draft, index + 1, {
      name,
      op: ops[activation],
      attrs: {},
      inputs: [linear],
      outputs: [output],
      layer: node.layer,
    } as Node);
  });
  return finish(draft);
}
