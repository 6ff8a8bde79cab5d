import { macs } from '../analysis/cost';
import type { OpenedModel } from '../jobs/types';
import { byteSize, elementCount } from '../model/graph';
import type { RunEntry } from '../state/runs';
import type { LayerRow } from './metrics';

const known = new WeakMap<OpenedModel, readonly LayerRow[]>();

/** Layers of the selected run; before the first one, what the model says of itself. */
export function rowsOf(
  entry: RunEntry | undefined,
  model: OpenedModel | undefined,
): readonly LayerRow[] {
  if (entry) return entry.run.layers;
  if (!model) return [];
  const rows = known.get(model) ?? modelRows(model);
  known.set(model, rows);
  return rows;
}

function modelRows({ optimized: graph }: OpenedModel): readonly LayerRow[] {
  return graph.nodes.map((node) => {
    const output = graph.values[node.outputs[0] ?? -1];
    const layer = graph.layers[node.layer];
    const constants = node.inputs.flatMap((index) => {
      const value = graph.values[index];
      return value?.data && value.dtype !== 'int32' ? [value] : [];
    });
    return {
      id: node.name,
      layer: layer?.name ?? node.name,
      type: layer?.type ?? node.op,
      op: node.op,
      outputShape: output?.shape ?? [],
      params: constants.reduce((sum, { shape }) => sum + elementCount(shape), 0),
      bytesFloat: constants.reduce((sum, { dtype, shape }) => sum + byteSize(dtype, shape), 0),
      macs: macs(graph, node),
      scheme: output?.dtype ?? 'float32',
    };
  });
}
