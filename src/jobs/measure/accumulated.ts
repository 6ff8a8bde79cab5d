/** Error of the wholly quantized model at each layer's output, gathered sample by sample. */
import { ErrorAccumulator } from '../../analysis/compare';
import { toReal } from '../../analysis/tensors';
import type { Sample } from '../../data/samples';
import type { TensorError } from '../../run/figures';
import { outputsByNode, type Prepared } from '../prepared';

export interface AccumulatedError {
  /** Runs one sample through both models; returns the outputs of both as real numbers. */
  add(sample: Sample): Promise<{ float: Float32Array[]; quantized: Float32Array[] }>;
  /** By node name. */
  results(): Map<string, TensorError>;
}

export function accumulatedError(float: Prepared, quantized: Prepared): AccumulatedError {
  const twins = outputsByNode(quantized.graph);
  const kept = new Map<number, Float32Array>();
  const scratch = new Map<number, Float32Array>();
  const accumulators = new Map<string, ErrorAccumulator>();
  const pairs = new Map<number, { name: string; float: number }>();
  for (const [name, index] of outputsByNode(float.graph)) {
    const twin = twins.get(name);
    if (twin === undefined || float.graph.values[index]!.dtype !== 'float32') continue;
    pairs.set(twin, { name, float: index });
    accumulators.set(name, new ErrorAccumulator());
  }
  const wanted = new Set([...pairs.values()].map((pair) => pair.float));
  const storeOf = (stores: Map<number, Float32Array>, index: number, length: number) => {
    let store = stores.get(index);
    if (!store) stores.set(index, (store = new Float32Array(length)));
    return store;
  };
  return {
    async add(sample) {
      const floatOutputs = await float.run(sample, (index, { data }) => {
        if (wanted.has(index)) storeOf(kept, index, data.length).set(data as Float32Array);
      });
      const quantizedOutputs = await quantized.run(sample, (index, { data }) => {
        const pair = pairs.get(index);
        if (!pair) return;
        const real = storeOf(scratch, index, data.length);
        toReal(data, quantized.graph.values[index]!.quant, real);
        accumulators.get(pair.name)!.add(kept.get(pair.float)!, real);
      });
      return { float: floatOutputs, quantized: quantizedOutputs };
    },
    results() {
      const results = new Map<string, TensorError>();
      for (const [twin, { name }] of pairs) {
        const scale = quantized.graph.values[twin]!.quant?.scale[0];
        const result = accumulators.get(name)!.result(scale);
        if (result) results.set(name, result);
      }
      return results;
    },
  };
}
