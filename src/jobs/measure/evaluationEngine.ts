/**
 * Where an integer model is evaluated: its answers are the same everywhere, so the faster one by a warmed
 * micro-benchmark on this device. What computes in float stays in WASM, whose figures depend on no adapter.
 */
import type { Sample } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import type { JobContext } from '../job';
import { prepare, runnable } from '../prepared';

export interface EvaluationEngine {
  readonly backend: Backend;
  /** With the reason, where there was a choice. */
  readonly label: string;
  /** Samples at once. */
  readonly batch: number;
}

const BATCH = 32;
const ROUNDS = 3;
/** How much faster the GPU must be to be worth the way there. */
const LEAST_GAIN = 1.2;

/** Every value between the borders is int8. */
export function isInteger(graph: Graph): boolean {
  return graph.nodes.every(
    ({ op, outputs }) =>
      op === 'DEQUANTIZE' || outputs.every((index) => graph.values[index]!.dtype === 'int8'),
  );
}

/** Least milliseconds a sample, after one warm-up. */
async function msPerSample(backend: Backend, graph: Graph, batch: readonly Sample[]) {
  const prepared = await prepare(backend, graph);
  try {
    let least = Infinity;
    for (let round = 0; round <= ROUNDS; round++) {
      const start = performance.now();
      await prepared.runMany(batch);
      if (round > 0) least = Math.min(least, (performance.now() - start) / batch.length);
    }
    return { ms: least, why: prepared.executable.fellBack?.() };
  } finally {
    prepared.dispose();
  }
}

/** @param sample one of the evaluation samples, to time with */
export async function evaluationEngine(
  graph: Graph,
  sample: Sample | undefined,
  { backend: open, gpu: openGpu }: Pick<JobContext, 'backend' | 'gpu'>,
): Promise<EvaluationEngine> {
  const backend = await open();
  const inWasm = { backend, label: backend.label, batch: 1 };
  if (!openGpu || !sample || !isInteger(runnable(graph))) return inWasm;
  const gpu = await openGpu();
  if (typeof gpu === 'string') return inWasm;
  const there = await msPerSample(gpu, graph, new Array<Sample>(BATCH).fill(sample));
  if (there.why !== undefined) return inWasm;
  const here = await msPerSample(backend, graph, [sample, sample]);
  const gain = here.ms / there.ms;
  if (!(gain >= LEAST_GAIN)) return inWasm;
  const label = `${gpu.label}, batches of ${BATCH}, ${gain.toFixed(1)} times as fast as ${backend.label}`;
  return { backend: gpu, label, batch: BATCH };
}
