/** Latency of every layer on WebGPU, of one sample: its dispatches repeated in one pass, least of rounds. */
import type { Sample } from '../../data/samples';
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import type { LayerFigures } from '../../run/types';
import type { JobContext } from '../job';
import { feedsOf } from '../prepared';

/** A pass lasts at least so long, above the jitter of a wake-up; it is one sample's layer, over and over. */
const PASS_MS = 4;
const MOST_REPEATS = 2000;
const ROUNDS = 5;
const BUDGET_MS = 6000;

/**
 * @param graph a runnable one
 * @returns by node name; empty where the GPU does not run the graph or was lost
 */
export function gpuLatency(
  graph: Graph,
  sample: Sample,
  backend: Backend,
  share: Pick<JobContext['share'], 'all'>,
): Promise<Map<string, LayerFigures>> {
  return share.all(async (border) => {
    const executable = await backend.prepare(graph, { keepAll: true, batch: 1 });
    try {
      if (executable.fellBack?.() !== undefined) return new Map();
      await executable.runMany([feedsOf(graph, sample)]);
      const began = performance.now();
      const repeats: number[] = [];
      const least = graph.nodes.map(() => Infinity);
      for (let round = 0; round <= ROUNDS; round++) {
        if (round > 1 && performance.now() - began > BUDGET_MS) break;
        await border();
        for (const node of graph.nodes.keys()) {
          // The first round warms the clock and finds how often a pass repeats.
          const count = repeats[node] ?? 4;
          const ms = await executable.timeNode(node, count);
          if (round === 0)
            repeats[node] = Math.min(MOST_REPEATS, Math.max(4, Math.ceil(PASS_MS / (ms || 0.002))));
          else least[node] = Math.min(least[node]!, ms);
        }
      }
      if (executable.fellBack?.() !== undefined) return new Map();
      return new Map(graph.nodes.map(({ name }, node) => [name, { msWebGpu: least[node]! }]));
    } finally {
      executable.dispose();
    }
  });
}
