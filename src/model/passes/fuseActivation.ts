/**
 * RELU, RELU6 and RELU_N1_TO_1 become the fused activation of the convolution, dense or element-wise
 * node before them, also across RESHAPE. The node keeps its name; the value that the activation made
 * keeps its name too and takes the place of the node's (or the RESHAPE's) output.
 */
import type { Graph, Node } from '../graph';
import { draftOf, finish, isPrivate, producerOf, setNode, setOutput } from './draft';

/**
 * Ops whose LiteRT kernels, float and int8 alike, clamp their output on the way. Older runtimes don't in
 * TRANSPOSE_CONV: for them splitActivation undoes it when the graph is converted.
 */
const fusable = new Set<Node['op']>([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'TRANSPOSE_CONV',
  'ADD',
  'SUB',
  'MUL',
]);

const transparent = new Set<Node['op']>(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS']);

export function fuseActivation(graph: Graph): Graph {
  const draft = draftOf(graph);
  graph.nodes.forEach((_, index) => {
    const node = draft.nodes[index]!;
    if (node.op !== 'RELU' && node.op !== 'RELU6' && node.op !== 'RELU_N1_TO_1') return;
    let value = node.inputs[0]!;
    if (draft.values[value]!.dtype !== 'float32') return;
    const last = producerOf(draft, value);
    let producer = last;
    while (producer >= 0 && isPrivate(draft, value)) {
      const before: Node = draft.nodes[producer]!;
      if (fusable.has(before.op) && 'activation' in before.attrs) {
        if (before.attrs.activation !== 'NONE') return;
        setNode(draft, producer, {
          ...before,
          attrs: { ...before.attrs, activation: node.op },
        } as Node);
        setOutput(draft, last, node.outputs[0]!);
        setNode(draft, index, null);
        return;
      }
      if (!transparent.has(before.op)) return;
      value = before.inputs[0]!;
      producer = producerOf(draft, value);
    }
  });
  return finish(draft);
}
