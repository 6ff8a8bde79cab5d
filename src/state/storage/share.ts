/**
 * One array in memory for equal constants. Each run comes from its worker with graphs of its own; once it
 * is stored, the addresses of its tensors are known, and those of an earlier run or model take their place.
 */
import type { Graph, TensorData, Value } from '../../model/graph';
import { knownAddress } from './pack';

const arrays = new Map<string, WeakRef<TensorData>>();

/** The graph with arrays that are there already; the same graph where none are. */
export function shared(graph: Graph): Graph {
  let changed = false;
  const values = graph.values.map((value): Value => {
    const { data } = value;
    const address = data && knownAddress(data);
    if (!data || address === undefined) return value;
    const key = `${data.constructor.name} ${address}`;
    const first = arrays.get(key)?.deref();
    if (!first) arrays.set(key, new WeakRef(data));
    if (!first || first === data) return value;
    changed = true;
    return { ...value, data: first };
  });
  return changed ? { ...graph, values } : graph;
}
