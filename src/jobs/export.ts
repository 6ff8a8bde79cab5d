import { writeTflite } from '../formats/tflite/write';
import type { Graph } from '../model/graph';
import { convert } from '../quant/convert';
import type { OpenedModel, Run } from './types';

/** The run's converted graph with this border; the very one that was measured when the border is the recipe's. */
export function graphWithBorder(model: OpenedModel, run: Run, io: 'int8' | 'float32'): Graph {
  return io === run.plan.io ? run.graph : convert(model.optimized, { ...run.plan, io });
}

/**
 * The bytes of a graph's .tflite. Its batch is fixed at 1: that is what was measured, and LiteRT.js
 * takes no tensor for a batch left open.
 */
export function fileOf(graph: Graph): Uint8Array {
  const values = graph.values.map((value) => ({ ...value, signature: undefined }));
  return writeTflite({ ...graph, values });
}

/** Bytes of the .tflite of a run. Its size is what the screen shows for the recipe's own border. */
export function exportTflite(model: OpenedModel, run: Run, io: 'int8' | 'float32'): Uint8Array {
  return fileOf(graphWithBorder(model, run, io));
}
