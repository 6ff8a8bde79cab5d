/**
 * Error of every layer against float: accumulated (of the wholly quantized model) and isolated (of the
 * layer alone on the float model's numbers), from the sums of single samples.
 */
import { ErrorAccumulator } from '../../analysis/compare';
import { elementCount } from '../../model/graph';
import { sizeOfSums } from '../../numbers/comparison';
import type { LayerFigures } from '../../run/types';
import type { Joined } from './joined';

export interface LayerErrors {
  /** One sample's sums; none where its layers were not looked at. */
  add(sums: Float64Array): void;
  /** By layer. */
  results(): ReadonlyMap<string, LayerFigures>;
}

export function layerErrors({ graph, pairs }: Joined): LayerErrors {
  const compared = pairs.map((pair) => ({
    ...pair,
    errors: new ErrorAccumulator(),
    count: elementCount(graph.values[pair.float]!.shape),
    scale: graph.values[pair.twin]!.quant?.scale[0],
  }));
  return {
    add(sums) {
      if (sums.length === 0) return;
      compared.forEach(({ errors, count }, position) => {
        errors.addSums(sums.subarray(position * sizeOfSums, (position + 1) * sizeOfSums), count);
      });
    },
    results() {
      const layers = new Map<string, LayerFigures>();
      for (const { layer, figure, errors, scale } of compared) {
        const result = errors.result(scale);
        if (result) layers.set(layer, { ...layers.get(layer), [figure]: result });
      }
      return layers;
    },
  };
}
