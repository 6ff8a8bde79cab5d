/** What one sample tells of each layer's sensitivity: the float answer, and those with one layer quantized. */
import { toInput, toReal } from '../../analysis/tensors';
import type { Backend } from '../../engine/engine';
import type { Tensor } from '../../model/graph';
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
}

export async function sensitivityShard(
  { graph, branches, output }: SensitivitySetup,
  backend: Backend,
): Promise<Shard<SensitivityTask, SampleSensitivities>> {
  const executable = await backend.prepare(graph, { keepAll: true, branches });
  const real = (results: readonly Tensor[]) => {
    const { data } = results[output]!;
    const { quant } = graph.values[graph.outputs[output]!]!;
    return toReal(data, quant, new Float32Array(data.length));
  };
  return {
    async run({ inputs, layers: [from, to] }) {
      const feeds = graph.inputs.map((index, at) => toInput(inputs[at]!, graph.values[index]!));
      const float = real(await executable.run(feeds));
      const outputs: Float32Array[] = [];
      for (let branch = from; branch < to; branch++)
        outputs.push(real(await executable.runBranch!(branch)));
      return { float, outputs };
    },
    dispose() {
      executable.dispose();
    },
  };
}
