/** Calibration as work that several workers share: what each sample tells of every activation. */
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { see, takenAlong, type SampleStats } from '../../quant/stats';
import { prepare } from '../prepared';
import type { Inputs, Shard } from '../shards/shard';

export interface StatisticsSetup {
  readonly graph: Graph;
  /** Values that are looked at. */
  readonly watched: ReadonlySet<number>;
}

/** For observers that need no more than extremes and a picture: else all numbers would have to be sent. */
export async function statisticsShard(
  { graph, watched }: StatisticsSetup,
  backend: Backend,
): Promise<Shard<Inputs, readonly SampleStats[]>> {
  const float = await prepare(backend, graph);
  return {
    async run(inputs) {
      const seen: SampleStats[] = [];
      await float.run({ inputs }, (value, { data }) => {
        if (watched.has(value) && data instanceof Float32Array)
          seen.push(takenAlong(see(value, data, false)));
      });
      return seen;
    },
    dispose: float.dispose,
  };
}
