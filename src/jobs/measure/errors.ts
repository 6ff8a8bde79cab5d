/**
 * What one sample tells of the quantized model: both models' answers, and at every layer the sums that
 * its accumulated and its isolated error are made of.
 */
import type { Backend, Executable } from '../../engine/engine';
import type { Graph, Tensor } from '../../model/graph';
import { sizeOfSums, sumInto } from '../../numbers/comparison';
import { feedsOf, prepare, realsOf, type Prepared } from '../prepared';
import type { Inputs, Shard } from '../shards/shard';
import type { Joined, Pair } from './joined';

export interface ErrorsSetup {
  readonly joined: Joined;
  /** The two models by themselves, for samples whose layers are not looked at. */
  readonly float: Graph;
  readonly quantized: Graph;
  /** What the scores are compared with, where it isn't `float`. */
  readonly original?: Graph;
}

export interface ErrorsTask {
  readonly inputs: Inputs;
  /** Layer by layer, or the outputs only. */
  readonly layers: boolean;
}

export interface SampleErrors {
  /** Of the model that the scores are compared with, and of the quantized one, as real numbers. */
  readonly expected: readonly Float32Array[];
  readonly outputs: readonly Float32Array[];
  /** `sizeOfSums` numbers for each pair; none where layers were not looked at. */
  readonly sums: Float64Array;
}

export async function errorsShard(
  setup: ErrorsSetup,
  backend: Backend,
): Promise<Shard<ErrorsTask, SampleErrors>> {
  const { joined, float, quantized, original } = setup;
  const opened = new Map<Graph, Promise<Prepared>>();
  const prepared = (graph: Graph) => {
    let one = opened.get(graph);
    if (!one) opened.set(graph, (one = prepare(backend, graph)));
    return one;
  };
  const run = async (graph: Graph, inputs: Inputs) => (await prepared(graph)).run({ inputs });
  const looking = await backend.prepare(joined.graph);
  return {
    async run({ inputs, layers }) {
      const seen = layers
        ? await lookedAt(looking, joined, inputs)
        : {
            expected: original ? [] : await run(float, inputs),
            outputs: await run(quantized, inputs),
            sums: new Float64Array(0),
          };
      return original ? { ...seen, expected: await run(original, inputs) } : seen;
    },
    dispose() {
      looking.dispose();
      for (const one of opened.values())
        one.then(
          (prepared) => {
            prepared.dispose();
          },
          () => undefined,
        );
    },
  };
}

async function lookedAt(
  executable: Executable,
  { graph, inputs: positions, float, quantized, pairs }: Joined,
  inputs: Inputs,
): Promise<SampleErrors> {
  const sums = new Float64Array(sizeOfSums * pairs.length);
  const seen = new Map<number, Tensor>();
  const waiting = pairsOf(pairs);
  const feeds = feedsOf(graph, { inputs: positions.map((position) => inputs[position]!) });
  const results = await executable.run(feeds, (index, tensor) => {
    seen.set(index, tensor);
    for (const [position, { float, twin }] of waiting.get(index) ?? []) {
      const [x, y] = [seen.get(float), seen.get(twin)];
      if (!x || !y) continue;
      const state = sums.subarray(position * sizeOfSums, (position + 1) * sizeOfSums);
      sumInto(state, x.data as Float32Array, y.data, graph.values[twin]!.quant);
    }
  });
  const real = (values: readonly number[]) =>
    values.map((index) => realsOf(graph, index, results[graph.outputs.indexOf(index)]!));
  return { expected: real(float), outputs: real(quantized), sums };
}

/** Pairs by each of their values, with their positions. */
function pairsOf(pairs: readonly Pair[]): Map<number, (readonly [number, Pair])[]> {
  const found = new Map<number, (readonly [number, Pair])[]>();
  pairs.forEach((pair, position) => {
    for (const index of new Set([pair.float, pair.twin]))
      found.set(index, [...(found.get(index) ?? []), [position, pair]]);
  });
  return found;
}
