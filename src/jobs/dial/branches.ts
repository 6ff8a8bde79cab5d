/** What one sample tells of layers alone: every output of float, and with one layer quantized. */
import type { Backend } from '../../engine/engine';
import type { Tensor } from '../../model/graph';
import type { Branched } from '../measure/branched';
import { feedsOf, realsOf } from '../prepared';
import type { Inputs, Shard } from '../shards/shard';

export interface BranchesTask {
  readonly inputs: Inputs;
  /** Branches [from, to). */
  readonly layers: readonly [number, number];
}

export interface SampleBranches {
  readonly float: readonly Float32Array[];
  /** One list of outputs a branch. */
  readonly branches: readonly (readonly Float32Array[])[];
}

export async function branchesShard(
  { graph, branches }: Branched,
  backend: Backend,
): Promise<Shard<BranchesTask, SampleBranches>> {
  const executable = await backend.prepare(graph, { keepAll: true, branches });
  const reals = (results: readonly Tensor[]) =>
    results.map((result, position) => realsOf(graph, graph.outputs[position]!, result));
  return {
    async run({ inputs, layers: [from, to] }) {
      const float = reals(await executable.run(feedsOf(graph, { inputs })));
      const made: Float32Array[][] = [];
      for (let branch = from; branch < to; branch++)
        made.push(reals(await executable.runBranch!(branch)));
      return { float, branches: made };
    },
    dispose() {
      executable.dispose();
    },
  };
}
