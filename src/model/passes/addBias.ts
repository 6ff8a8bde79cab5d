/** Gives every CONV_2D a bias, zeros where it had none: TFLite's kernel refuses to run without (conv.cc, has_bias). */
import type { Graph, Node } from '../graph';
import { addValue, draftOf, finish, setNode } from './draft';

export function addBias(graph: Graph): Graph {
  const draft = draftOf(graph);
  graph.nodes.forEach((node, index) => {
    if (node.op !== 'CONV_2D' || (node.inputs[2] ?? -1) >= 0) return;
    const [input, weights] = node.inputs as [number, number];
    const channels = graph.values[weights]?.shape[0] ?? 0;
    const name = `${node.name}/bias`;
    const data = new Float32Array(channels);
    const bias = addValue(draft, { name, shape: [channels], dtype: 'float32', data });
    setNode(draft, index, { ...node, inputs: [input, weights, bias] } as Node);
  });
  return finish(draft);
}
