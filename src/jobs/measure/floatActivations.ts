/** The float model's numbers on some samples, kept so that each layer alone can start from them. */
import type { Sample } from '../../data/samples';
import type { Graph, Tensor } from '../../model/graph';
import type { Prepared } from '../prepared';
import { activationElements } from './work';

/** Most bytes of float activations that are kept to measure layers alone. */
const MOST_BYTES = 384 * 2 ** 20;

export interface KeptSample {
  readonly sample: Sample;
  /** By value name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Every output, as real numbers. */
  readonly outputs: readonly Float32Array[];
}

/** How many samples' activations fit in memory: at least one. */
export function samplesThatFit(graph: Graph): number {
  const bytes = 4 * activationElements(graph);
  return Math.max(1, Math.floor(MOST_BYTES / Math.max(1, bytes)));
}

/** Runs the float model on one sample and keeps every activation. */
export async function keptSample(float: Prepared, sample: Sample): Promise<KeptSample> {
  const tensors = new Map<string, Tensor>();
  const outputs = await float.run(sample, (index, { shape, dtype, data }) => {
    tensors.set(float.graph.values[index]!.name, { shape, dtype, data: data.slice() });
  });
  return { sample, tensors, outputs };
}
