import { ErrorAccumulator } from '../analysis/compare';
import { toReal } from '../analysis/tensors';
import type { TensorError } from '../analysis/types';
import { outputsByNode, type Prepared } from './prepared';

/** Error of the wholly quantized model at each layer's output, gathered sample by sample. */
export interface AccumulatedError {
  /** Runs one sample through both models; returns both outputs as real numbers. */
  add(sample: number): Promise<{ float: Float32Array; quantized: Float32Array }>;
  /** By node name. */
  results(): Map<string, TensorError>;
}

export function accumulatedError(float: Prepared, quantized: Prepared): AccumulatedError {
  const floatOutputs = outputsByNode(float.graph);
  const quantizedOutputs = outputsByNode(quantized.graph);
  const kept = new Map<number, Float32Array>();
  const scratch = new Map<number, Float32Array>();
  const accumulators = new Map<string, ErrorAccumulator>();
  const pairs = new Map<number, { name: string; float: number }>();
  for (const [name, index] of floatOutputs) {
    const twin = quantizedOutputs.get(name);
    const value = float.graph.values[index]!;
    if (twin === undefined || value.dtype !== 'float32') continue;
    pairs.set(twin, { name, float: index });
    accumulators.set(name, new ErrorAccumulator());
  }
  const wanted = new Set([...pairs.values()].map((pair) => pair.float));
  return {
    async add(sample) {
      const floatOutput = await float.run(sample, (index, tensor) => {
        if (!wanted.has(index)) return;
        const store = kept.get(index) ?? new Float32Array(tensor.data.length);
        store.set(tensor.data as Float32Array);
        kept.set(index, store);
      });
      const quantizedOutput = await quantized.run(sample, (index, tensor) => {
        const pair = pairs.get(index);
        if (!pair) return;
        const real = scratch.get(index) ?? new Float32Array(tensor.data.length);
        scratch.set(index, real);
        toReal(tensor.data, quantized.graph.values[index]!.quant, real);
        accumulators.get(pair.name)!.add(kept.get(pair.float)!, real);
      });
      return { float: floatOutput, quantized: quantizedOutput };
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
