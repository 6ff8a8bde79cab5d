/** Median latency of every layer and of whole models in turn, in one engine, with all cores. */
import type { Sample } from '../../data/samples';
import { timeInTurn } from '../../engine/benchmark';
import type { Backend, Executable } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import type { JobContext } from '../job';
import { feedsOf } from '../prepared';
import type { Report } from '../progress';

/** Enough for 50 runs of both up to about 0.1 s an inference; slower models get fewer, at least three. */
const LATENCY_BUDGET_MS = 10_000;

export interface Latency {
  /** Milliseconds of one inference. */
  readonly total: number;
  /** By node name. */
  readonly layers: ReadonlyMap<string, number>;
}

/**
 * Waits until no other job runs; between rounds jobs that came meanwhile go first.
 * @param graphs runnable ones; the result is in their order
 */
export function latencies(
  graphs: readonly Graph[],
  sample: Sample,
  {
    backend,
    share,
    report,
    budgetMs = LATENCY_BUDGET_MS,
  }: {
    backend: Backend;
    share: JobContext['share'];
    report: Report;
    /** Of all graphs together, as far as three rounds allow. */
    budgetMs?: number;
  },
): Promise<readonly Latency[]> {
  report('Measuring latency', 0, 1);
  return share.all(async (border) => {
    const executables: Executable[] = [];
    try {
      for (const graph of graphs) executables.push(await backend.prepare(graph, { keepAll: true }));
      const times = await timeInTurn(
        executables.map((executable) => ({
          executable,
          feeds: feedsOf(executable.graph, sample),
        })),
        {
          budgetMs,
          onRound: async (fraction) => {
            report('Measuring latency', fraction, 1);
            await border();
          },
        },
      );
      return times.map(({ total, layers }, index) => ({
        total,
        layers: new Map(graphs[index]!.nodes.map((node, at) => [node.name, layers[at]!])),
      }));
    } finally {
      for (const executable of executables) executable.dispose();
    }
  });
}
