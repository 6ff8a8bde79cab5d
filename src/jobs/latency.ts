import { timeInTurn } from '../engine/benchmark';
import type { Graph } from '../model/graph';
import { phases, reporter, withLayers, without, type Job } from './measuring';

/** Enough for 50 runs of both up to about 0.1 s an inference; slower models get fewer, at least three. */
const LATENCY_BUDGET_MS = 10_000;

/** Median latency of every layer and of the whole, float and quantized in turn in one engine. */
export async function latencies(job: Job): Promise<void> {
  const { backend, request, feeds, float, quantized, events } = job;
  const report = reporter(events, phases.latency);
  report('Measuring latency', 0, 1);
  const sample = request.samples.split.evaluation[0]!;
  const executables = await Promise.all(
    [float.graph, quantized.graph].map((graph) => backend.prepare(graph, { keepAll: true })),
  );
  try {
    const [timesFloat, timesQuantized] = await timeInTurn(
      executables.map((executable) => ({ executable, feeds: feeds(executable.graph, sample) })),
      {
        budgetMs: LATENCY_BUDGET_MS,
        onProgress: (fraction) => {
          report('Measuring latency', fraction, 1);
        },
      },
    );
    const byName = (graph: Graph, times: readonly number[]) =>
      new Map(graph.nodes.map((node, index) => [node.name, times[index]!]));
    const before = byName(float.graph, timesFloat!.layers);
    const after = byName(quantized.graph, timesQuantized!.layers);
    job.run = {
      ...without(
        withLayers(job.run, ({ id }) => ({
          msFloat: before.get(id),
          msQuantized: after.get(id),
        })),
        'latency',
      ),
      msFloat: timesFloat!.total,
      msQuantized: timesQuantized!.total,
    };
    events.partial?.(job.run);
  } finally {
    for (const executable of executables) executable.dispose();
  }
}
