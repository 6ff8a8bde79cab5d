/** What one sample tells of each layer's sensitivity: the float answer, and those with one layer quantized. */
import type { Backend } from '../../engine/engine';
import type { Tensor } from '../../model/graph';
import { sizeOfSums, sumInto } from '../../numbers/comparison';
import { feedsOf, realsOf } from '../prepared';
import type { Inputs, Shard } from '../shards/shard';
import type { Branched } from './branched';

export interface SensitivitySetup extends Branched {
  /** Position of the output that is scored. */
  readonly output: number;
}

export interface SensitivityTask {
  readonly inputs: Inputs;
  /** Branches [from, to). */
  readonly layers: readonly [number, number];
}

/** The scored output, as real numbers. */
export interface SampleSensitivities {
  readonly float: Float32Array;
  /** One a branch. */
  readonly outputs: readonly Float32Array[];
  /** Of each branch and each output of the model, `sizeOfSums` sums against float. */
  readonly sums: Float64Array;
}

export async function sensitivityShard(
  { graph, branches, output }: SensitivitySetup,
  backend: Backend,
): Promise<Shard<SensitivityTask, SampleSensitivities>> {
  const executable = await backend.prepare(graph, { keepAll: true, branches });
  const real = (results: readonly Tensor[]) =>
    graph.outputs.map((index, at) => realsOf(graph, index, results[at]!));
  return {
    async run({ inputs, layers: [from, to] }) {
      const float = real(await executable.run(feedsOf(graph, { inputs })));
      const outputs: Float32Array[] = [];
      const sums = new Float64Array(sizeOfSums * (to - from) * float.length);
      let place = 0;
      for (let branch = from; branch < to; branch++) {
        const results = real(await executable.runBranch!(branch));
        for (const [at, x] of float.entries()) {
          sumInto(sums.subarray(place, place + sizeOfSums), x, results[at]!);
          place += sizeOfSums;
        }
        outputs.push(results[output]!);
      }
      return { float: float[output]!, outputs, sums };
    },
    dispose() {
      executable.dispose();
    },
  };
}
