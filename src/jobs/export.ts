import { writeTflite } from '../formats/tflite/write';
import type { Graph } from '../model/graph';
import { convert } from '../quant/convert';
import type { OpenedModel, Run } from './types';

/** The run's converted graph with this border; the very one that was measured when the border is the recipe's. */
export function graphWithBorder(model: OpenedModel, run: Run, io: 'int8' | 'float32'): Graph {
  return io === run.plan.io ? run.graph : convert(model.optimized, { ...run.plan, io });
}

/** Bytes of the .tflite of a run. Its size is what the screen shows for the recipe's own border. */
export function exportTflite(model: OpenedModel, run: Run, io: 'int8' | 'float32'): Uint8Array {
  return writeTflite(graphWithBorder(model, run, io));
}
