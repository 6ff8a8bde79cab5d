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
  if (entry) return withParts(entry.run.layers);
  if (!model) return [];
  const rows = known.get(model) ?? modelRows(model);
  known.set(model, rows);
  return rows;
}

function modelRows({ optimized: graph }: OpenedModel): readonly LayerRow[] {
  const rows = graph.nodes.map((node): LayerRow => {
    const output = graph.values[node.outputs[0] ?? -1];
    const layer = graph.layers[node.layer];
    const scale = output?.quant?.scale[0];
    const zeroPoint = output?.quant?.zeroPoint[0] ?? 0;
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
      scheme: node.op === 'UNSUPPORTED' ? 'cannot run' : (output?.dtype ?? 'float32'),
      ...(scale !== undefined && { outputQuant: { scale, zeroPoint } }),
    };
  });
  return withParts(rows);
}

const marked = new WeakMap<LayerRow, LayerRow>();

/** Further rows of a layer that became several operators get the operator's name. */
function withParts(rows: readonly LayerRow[]): readonly LayerRow[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const again = seen.has(row.layer);
    seen.add(row.layer);
    if (!again) return row;
    const known = marked.get(row) ?? { ...row, part: row.op.toLowerCase().replaceAll('_', ' ') };
    marked.set(row, known);
    return known;
  });
}
