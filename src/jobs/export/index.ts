/** Bytes of the .tflite of a run. Everything comes from what was made: graph and plan belong together. */
import { writeTflite } from '../../formats/tflite/write';
import type { Graph } from '../../model/graph';
import { convert } from '../../quant/convert';
import type { Border } from '../../quant/types';
import type { Made } from '../../run/types';
import type { Job } from '../job';

/**
 * The run's converted graph with this border: the very one that was measured where the border is the
 * plan's own, else converted anew from the float graph that the plan was made for. Without a plan the
 * file's own border stands.
 */
export function graphWithBorder(
  { graph, plan, converted }: Pick<Made, 'graph' | 'plan' | 'converted'>,
  border: Border,
): Graph {
  return !plan || border === plan.io ? converted : convert(graph, { ...plan, io: border });
}

/**
 * The bytes of a graph's .tflite. Its batch is fixed at 1: that is what was measured, and LiteRT.js
 * takes no tensor for a batch left open.
 */
export function fileOf(graph: Graph): Uint8Array {
  const values = graph.values.map((value) => ({ ...value, signature: undefined }));
  return writeTflite({ ...graph, values });
}

export const exportRun: Job<'exportRun'> = async ({ made, border }, { events }) => {
  events.progress({ label: 'Writing the file', fraction: 0.5 });
  return fileOf(border === 'float' ? made.graph : graphWithBorder(made, border));
};
