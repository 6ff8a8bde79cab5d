/** Files → model. */
import { macs, parameters } from '../../analysis/cost';
import { openFiles } from '../../formats';
import { isKnownOp } from '../../formats/tflite/ops';
import type { Graph } from '../../model/graph';
import { isQuantized, optimize } from '../../model/passes/optimize';
import { filesKey } from '../../run/keys';
import type { Job } from '../job';
import type { ModelSummary } from '../types';

/**
 * Recognised by content, read, then BatchNorm folded and activations fused. A model that holds
 * integers already is left as it is.
 */
export const openModel: Job<'openModel'> = async ({ files, signature }, { events }) => {
  events.progress({ label: 'Reading the files', fraction: 0.1 });
  const content = await filesKey(files);
  const imported = await openFiles(files, { signature });
  const { graph, signatures } = imported;
  const key = signatures ? `${content} ${signatures.read}` : content;
  events.progress({ label: 'Folding and fusing', fraction: 0.7 });
  const quantized = isQuantized(graph);
  const optimized = quantized ? { graph, issues: [] } : optimize(graph);
  return {
    key,
    name: signatures ? `${graph.name} (${signatures.read})` : graph.name,
    format: imported.format,
    description: imported.description,
    fileBytes: imported.fileBytes,
    graph,
    optimized: optimized.graph,
    issues: [...imported.issues, ...optimized.issues],
    ...(signatures ? { signatures: { ...signatures, files } } : {}),
    summary: summarize(graph, optimized.graph, quantized),
  };
};

const kindOf = (attrs: object): string => ('kind' in attrs ? String(attrs.kind) : '');

function summarize(graph: Graph, optimized: Graph, quantized: boolean): ModelSummary {
  const border = (indices: readonly number[]) =>
    indices.map((index) => {
      const { name, shape, signature, dtype } = graph.values[index]!;
      return { name, shape: signature ?? shape, dtype };
    });
  const unsupported = graph.nodes.flatMap((node) =>
    node.op === 'UNSUPPORTED' ? [`${node.attrs.kind} (${node.name})`] : [],
  );
  const byTensors =
    unsupported.length > 0 &&
    graph.nodes.every(({ op, attrs }) => op !== 'UNSUPPORTED' || isKnownOp(kindOf(attrs)));
  return {
    layers: graph.layers.length,
    params: graph.nodes.reduce((sum, node) => sum + parameters(graph, node), 0),
    macs: optimized.nodes.reduce((sum, node) => sum + macs(optimized, node), 0),
    inputs: border(graph.inputs),
    outputs: border(graph.outputs),
    quantized,
    unsupported,
    ...(byTensors && { byTensors }),
  };
}
