/** Inputs for any graph, from a seed. */
import { elementCount, type Graph, type Tensor, type TensorData } from '../model/graph';
import type { Random } from './random';

/** Random numbers for every input of a graph; plain integers are 0 or 1, so that they are valid indices. */
export function feedsOf(graph: Graph, rng: Random): Tensor[] {
  return graph.inputs.map((index) => {
    const { dtype, shape } = graph.values[index]!;
    const count = elementCount(shape);
    const bits = () => rng.int(0, 1);
    const shorts = () => Math.max(-32768, Math.min(32767, rng.int(-34_000, 34_000)));
    let data: TensorData;
    if (dtype === 'float32') data = rng.floats(count, 2);
    else if (dtype === 'int8') data = rng.int8s(count);
    else if (dtype === 'int16') data = Int16Array.from({ length: count }, shorts);
    else if (dtype === 'bool') data = Uint8Array.from({ length: count }, bits);
    else data = Int32Array.from({ length: count }, bits);
    return { dtype, shape, data };
  });
}
