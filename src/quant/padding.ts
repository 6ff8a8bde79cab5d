import type { Graph, Node } from '../model/graph';

/** Padding values below this mean "smaller than anything" (before a max-pool), not a number to keep. */
const LOWEST = -1e30;

/**
 * True for PADV2 with minus infinity or the lowest float: its output is quantized like its input,
 * and the padding becomes the lowest integer.
 */
export function padsBelowRange(graph: Graph, node: Node): boolean {
  if (node.op !== 'PADV2') return false;
  const data = graph.values[node.inputs[2] ?? -1]?.data;
  return data instanceof Float32Array && data.length > 0 && data.every((x) => x <= LOWEST);
}
