/** Graphs run for comparison. Feeds in the order of the graph's inputs; outputs are copies. */
import { createReferenceBackend } from '../engine/reference';
import { writeTflite } from '../formats/tflite/write';
import type { Graph, Tensor } from '../model/graph';
import { runOracle, type OracleTensor } from './oracle';

/** One inference in the TFLite runtime. Throws where it refuses the graph. */
export function inRuntime(graph: Graph, feeds: readonly Tensor[]): Promise<OracleTensor[]> {
  return runOracle(writeTflite(graph), feeds);
}

/** One inference by the reference backend. */
export async function byReference(graph: Graph, feeds: readonly Tensor[]): Promise<Tensor[]> {
  const executable = await createReferenceBackend().prepare(graph);
  try {
    return await executable.run(feeds);
  } finally {
    executable.dispose();
  }
}
