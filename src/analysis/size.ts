import { byteSize, type Graph } from '../model/graph';

const SCALE_BYTES = 4; // float32
const ZERO_POINT_BYTES = 8; // int64

/**
 * Bytes that each node's constants take in the file: weights, bias and their scales and zero points.
 * A constant that several nodes use counts for the first; one that reaches a node through
 * DEQUANTIZE (float16, weight-only) counts for that node.
 */
export function constantBytes(graph: Graph): Map<string, number> {
  const bytes = new Map<string, number>();
  const counted = new Set<number>();
  const dequantized = new Map<number, number>();
  for (const node of graph.nodes) {
    if (node.op === 'DEQUANTIZE' && graph.values[node.inputs[0]!]?.data)
      dequantized.set(node.outputs[0]!, node.inputs[0]!);
  }
  for (const node of graph.nodes) {
    if (node.op === 'DEQUANTIZE' && dequantized.has(node.outputs[0]!)) continue;
    let sum = 0;
    for (const input of node.inputs) {
      const index = dequantized.get(input) ?? input;
      const value = graph.values[index];
      if (!value?.data || counted.has(index)) continue;
      counted.add(index);
      sum += byteSize(value.dtype, value.shape);
      if (value.quant) sum += value.quant.scale.length * (SCALE_BYTES + ZERO_POINT_BYTES);
    }
    bytes.set(node.name, sum);
  }
  return bytes;
}
