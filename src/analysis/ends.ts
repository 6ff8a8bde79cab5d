/** What ends a graph before an output: it tells probabilities from logits. */
import type { OutputNeed } from '../data/samples';
import type { Graph } from '../model/graph';
import { computedInputs, makersOf } from './regions';

/** Operators that change no number's meaning: moves, and the model's border. */
const through: ReadonlySet<string> = new Set([
  'QUANTIZE',
  'DEQUANTIZE',
  'RESHAPE',
  'SQUEEZE',
  'EXPAND_DIMS',
  'TRANSPOSE',
]);
/** Operators that are linear in what they get, as long as no activation is fused into them. */
const linear: ReadonlySet<string> = new Set([
  'FULLY_CONNECTED',
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'TRANSPOSE_CONV',
  'BATCH_MATMUL',
  'ADD',
  'SUB',
  'MUL',
  'MEAN',
  'SUM',
]);

/** What ends the graph before its `output`-th output. */
export function endsOf(graph: Graph, output: number): OutputNeed['ends'] {
  const makers = makersOf(graph);
  let value = graph.outputs[output];
  for (let steps = 0; value !== undefined && steps <= graph.nodes.length; steps++) {
    const node = graph.nodes[makers.get(value) ?? -1];
    if (!node) return 'other';
    if (through.has(node.op)) {
      value = computedInputs(graph, node)[0];
      continue;
    }
    if (node.op === 'SOFTMAX') return 'softmax';
    if (node.op === 'LOGISTIC') return 'sigmoid';
    const fused = 'activation' in node.attrs ? node.attrs.activation : 'NONE';
    return linear.has(node.op) && fused === 'NONE' ? 'linear' : 'other';
  }
  return 'other';
}
