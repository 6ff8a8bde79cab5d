/** A model's answers to one sample: what a mixture is measured by. */
import type { Backend } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { prepare } from '../prepared';
import type { Inputs, Shard } from '../shards/shard';

export interface AnswersSetup {
  /** Runnable. */
  readonly graph: Graph;
}

/** Every output, as real numbers. */
export async function answersShard(
  { graph }: AnswersSetup,
  backend: Backend,
): Promise<Shard<Inputs, readonly Float32Array[]>> {
  const model = await prepare(backend, graph);
  return { run: (inputs) => model.run({ inputs }), dispose: model.dispose };
}
