/** Rows of every view: the layers of a run with their figures, or of a model before its first run. */
import type { Graph } from '../../model/graph';
import type { LayerFacts, LayerFigures, LayerRow, Run } from '../../run/types';
import { macs, parameters } from '../cost';
import { constantBytes } from '../size';

type Always = 'id' | 'layer' | 'type' | 'op' | 'output' | 'outputShape';

/** A layer before any run has only what the model itself says. */
export interface FigureRow
  extends Pick<LayerFacts, Always>, Partial<Omit<LayerFacts, Always | 'scheme'>>, LayerFigures {
  /** How it computes: NodeScheme in a run, else the type of its output, or "cannot run". */
  readonly scheme?: string;
  /** SQNR of each of the model's outputs with only this layer quantized, dB. */
  readonly outputSqnr?: readonly number[];
  /** The operator in words, in further rows of the same layer. */
  readonly part?: string;
  /** Of a model that is quantized already. */
  readonly outputQuant?: { readonly scale: number; readonly zeroPoint: number };
}

type Layered = {
  readonly made: Pick<Run['made'], 'layers'>;
  readonly figures: Pick<Run['figures'], 'layers' | 'fakeQuant' | 'evidence'>;
};
const joined = new WeakMap<Layered['figures'], readonly (LayerRow & FigureRow)[]>();

/** Facts and figures of a run's layers, in the order of the network. The same array for the same figures. */
export function rowsOf(run: Layered): readonly (LayerRow & FigureRow)[] {
  const known = joined.get(run.figures);
  if (known) return known;
  const rows = withParts(
    run.made.layers.map((facts) => {
      const drift = run.figures.fakeQuant?.drift[facts.id];
      const outputSqnr = run.figures.evidence?.layers[facts.id]?.outputSqnr;
      return {
        ...facts,
        ...run.figures.layers[facts.id],
        ...(drift === undefined ? {} : { drift }),
        ...(outputSqnr ? { outputSqnr } : {}),
      };
    }),
  );
  joined.set(run.figures, rows);
  return rows;
}

/** What a model says of its own layers. */
export function modelRows(graph: Graph): readonly FigureRow[] {
  const bytes = constantBytes(graph);
  const rows = graph.nodes.map((node): FigureRow => {
    const output = graph.values[node.outputs[0] ?? -1];
    const layer = graph.layers[node.layer];
    const scale = output?.quant?.scale[0];
    const zeroPoint = output?.quant?.zeroPoint[0] ?? 0;
    return {
      id: node.name,
      layer: layer?.name ?? node.name,
      type: layer?.type ?? node.op,
      op: node.op,
      output: output?.name ?? '',
      outputShape: output?.shape ?? [],
      params: parameters(graph, node),
      bytesFloat: bytes.get(node.name) ?? 0,
      macs: macs(graph, node),
      scheme: node.op === 'UNSUPPORTED' ? 'cannot run' : (output?.dtype ?? 'float32'),
      ...(scale !== undefined && { outputQuant: { scale, zeroPoint } }),
    };
  });
  return withParts(rows);
}

/** Further rows of a layer that became several operators get the operator's name. */
function withParts<R extends FigureRow>(rows: readonly R[]): readonly R[] {
  const seen = new Set<string>();
  return rows.map((row) => {
    const again = seen.has(row.layer);
    seen.add(row.layer);
    return again ? { ...row, part: row.op.toLowerCase().replaceAll('_', ' ') } : row;
  });
}
