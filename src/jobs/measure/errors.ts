/**
 * What one sample tells of the quantized model: both models' answers, and at every layer the sums that
 * its accumulated and its isolated error are made of.
 */
import type { Backend, Executable } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import { sizeOfSums } from '../../numbers/comparison';
import { feedsOf, prepare, realsOf, type Prepared } from '../prepared';
import type { Inputs, Shard } from '../shards/shard';
import { addShift, comparing, emptySeen, see, shiftPlaces, type SampleEvidence } from './evidence';
import type { Halved } from './halves';
import type { Joined } from './joined';
import type { Watched } from './watched';

export interface ErrorsSetup {
  readonly joined: Joined;
  /** The two models by themselves, for samples whose layers are not looked at. */
  readonly float: Graph;
  readonly quantized: Graph;
  /** What the scores are compared with, where it isn't `float`. */
  readonly original?: Graph;
  readonly halved?: Halved;
}

export interface ErrorsTask {
  readonly inputs: Inputs;
  /** Layer by layer, or the outputs only. */
  readonly layers: boolean;
  /** And more closely: mean errors of channels, and the halves of each layer. */
  readonly closely?: boolean;
}

export interface SampleErrors {
  /** Of the model that the scores are compared with, and of the quantized one, as real numbers. */
  readonly expected: readonly Float32Array[];
  readonly outputs: readonly Float32Array[];
  /** `sizeOfSums` numbers for each pair; none where layers were not looked at. */
  readonly sums: Float64Array;
  readonly evidence?: SampleEvidence;
}

export async function errorsShard(
  setup: ErrorsSetup,
  backend: Backend,
): Promise<Shard<ErrorsTask, SampleErrors>> {
  const { joined, float, quantized, original, halved } = setup;
  const opened = new Map<Graph, Promise<Prepared>>();
  const prepared = (graph: Graph) => {
    let one = opened.get(graph);
    if (!one) opened.set(graph, (one = prepare(backend, graph)));
    return one;
  };
  const run = async (graph: Graph, inputs: Inputs) => (await prepared(graph)).run({ inputs });
  const looking = await backend.prepare(joined.graph);
  const look = looker(joined);
  let halves: Promise<Executable> | undefined;
  const halvesOf = async (inputs: Inputs) => {
    if (!halved) return {};
    halves ??= backend.prepare(halved.graph);
    return { halves: await sumsOfHalves(await halves, halved, inputs) };
  };
  return {
    async run({ inputs, layers, closely = false }) {
      const seen = layers
        ? await look(looking, inputs, closely, closely ? await halvesOf(inputs) : {})
        : {
            expected: original ? [] : await run(float, inputs),
            outputs: await run(quantized, inputs),
            sums: new Float64Array(0),
          };
      return original ? { ...seen, expected: await run(original, inputs) } : seen;
    },
    dispose() {
      looking.dispose();
      for (const one of [...opened.values(), ...(halves ? [halves] : [])])
        one.then(
          (prepared) => {
            prepared.dispose();
          },
          () => undefined,
        );
    },
  };
}

/** Runs the joined graph, and compares and looks while its numbers are there. */
function looker(joined: Joined) {
  const { graph, inputs: positions, float, quantized, pairs, watched } = joined;
  const compare = comparing(graph, pairs);
  const places = shiftPlaces(joined);
  const byValue = new Map<number, (readonly [number, Watched])[]>();
  watched.forEach((one, position) => {
    byValue.set(one.value, [...(byValue.get(one.value) ?? []), [position, one]]);
  });
  return async (
    executable: Executable,
    inputs: Inputs,
    closely: boolean,
    more: Pick<SampleEvidence, 'halves'>,
  ): Promise<SampleErrors> => {
    const sums = new Float64Array(sizeOfSums * pairs.length);
    const seen = emptySeen(joined);
    const shifts = new Float64Array(closely ? places.at(-1)! : 0);
    const compared = compare(sums, (position, x, twin) => {
      const own = shifts.subarray(places[position]!, places[position + 1]!);
      if (own.length > 0) addShift(own, x, twin, graph.values[pairs[position]!.twin]!);
    });
    const feeds = feedsOf(graph, { inputs: positions.map((position) => inputs[position]!) });
    const results = await executable.run(feeds, (index, tensor) => {
      for (const [position, one] of byValue.get(index) ?? [])
        see(seen, position, one, tensor.data as Float32Array);
      compared(index, tensor);
    });
    const real = (values: readonly number[]) =>
      values.map((index) => realsOf(graph, index, results[graph.outputs.indexOf(index)]!));
    const evidence = { seen, ...(closely ? { shifts } : {}), ...more };
    return { expected: real(float), outputs: real(quantized), sums, evidence };
  };
}

async function sumsOfHalves(
  executable: Executable,
  { graph, pairs }: Halved,
  inputs: Inputs,
): Promise<Float64Array> {
  const sums = new Float64Array(sizeOfSums * pairs.length);
  await executable.run(feedsOf(graph, { inputs }), comparing(graph, pairs)(sums));
  return sums;
}
