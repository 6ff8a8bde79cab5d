/** The list of passes, in the order they run. */
import type { Graph, Issue } from '../graph';
import { addBias } from './addBias';
import { draftOf, finish } from './draft';
import { foldBatchNorm } from './foldBatchNorm';
import { foldConstants } from './foldConstants';
import { fuseActivation } from './fuseActivation';
import { removeIdentity } from './removeIdentity';
import { splitActivation } from './splitActivation';

/** True when the graph holds integer tensors with quantization parameters: what a quantizer made. */
export function isQuantized(graph: Graph): boolean {
  return graph.values.some((value) => value.quant !== undefined && value.dtype !== 'float32');
}

/**
 * The graph that is quantized and measured: constants and BatchNorm folded, activations fused,
 * identities and dead nodes gone; same outputs within float32 rounding. Node names survive (a fused
 * node keeps the name of the convolution or dense node); a fused node's output value has the name of
 * the last node's output. Issues (info) say what was not folded, and why. Quantized graphs are only
 * cleared of dead nodes.
 */
export function optimize(graph: Graph): { graph: Graph; issues: Issue[] } {
  if (isQuantized(graph)) return { graph: finish(draftOf(graph)), issues: [] };
  const folded = foldBatchNorm(removeIdentity(splitActivation(foldConstants(graph))));
  const fused = addBias(removeIdentity(fuseActivation(folded.graph)));
  return { graph: fused, issues: folded.issues };
}
