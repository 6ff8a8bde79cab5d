/**
 * Errors at each layer's output, gathered sample by sample: accumulated (of the wholly quantized model)
 * and isolated (of the layer alone on the float model's numbers), both against one float run.
 */
import { ErrorAccumulator } from '../../analysis/compare';
import type { Sample } from '../../data/samples';
import type { Backend, Executable } from '../../engine/engine';
import type { Graph, Tensor } from '../../model/graph';
import type { TensorError } from '../../run/figures';
import { outputsByNode, type Prepared } from '../prepared';
import type { IsolatedGraph } from './isolated';

type Errors = ReadonlyMap<string, TensorError>;

/** A graph whose layers are compared with float values: by its value index. */
interface Pair {
  readonly name: string;
  /** Value index in the float graph. */
  readonly float: number;
  readonly errors: ErrorAccumulator;
}

/** What the float model gave for one sample, by its value index; overwritten by the next sample. */
export interface FloatValues {
  /** Runs the sample; returns the outputs as real numbers. */
  run(sample: Sample): Promise<Float32Array[]>;
  tensor(index: number): Tensor;
}

/** Keeps the values that `wanted` names. */
export function floatValues(float: Prepared, wanted: ReadonlySet<number>): FloatValues {
  const kept = new Map<number, Float32Array>();
  return {
    run: (sample) =>
      float.run(sample, (index, { data }) => {
        if (!wanted.has(index)) return;
        let store = kept.get(index);
        if (!store) kept.set(index, (store = new Float32Array(data.length)));
        store.set(data as Float32Array);
      }),
    tensor(index) {
      const { shape, dtype } = float.graph.values[index]!;
      return { shape, dtype, data: kept.get(index)! };
    },
  };
}

export interface Compared {
  /** Value indices of the float graph that must be kept. */
  readonly wanted: ReadonlySet<number>;
  results(): Errors;
}

/** Layer by layer, the whole quantized model against float. */
export interface Accumulated extends Compared {
  /** After `float` ran the sample; returns the outputs as real numbers. */
  add(sample: Sample, float: FloatValues): Promise<Float32Array[]>;
}

export function accumulatedErrors(float: Graph, quantized: Prepared): Accumulated {
  const twins = outputsByNode(quantized.graph);
  const pairs = new Map<number, Pair>();
  for (const [name, index] of outputsByNode(float)) {
    const twin = twins.get(name);
    if (twin === undefined || float.values[index]!.dtype !== 'float32') continue;
    pairs.set(twin, { name, float: index, errors: new ErrorAccumulator() });
  }
  return {
    wanted: floatOf(pairs),
    add: (sample, values) => quantized.run(sample, comparing(quantized.graph, pairs, values)),
    results: () => resultsOf(quantized.graph, pairs),
  };
}

/** Each layer alone. */
export interface Isolated extends Compared {
  /** After `float` ran a sample. */
  add(float: FloatValues): Promise<void>;
  dispose(): void;
}

export async function isolatedErrors(
  float: Graph,
  { graph, layers }: IsolatedGraph,
  backend: Backend,
): Promise<Isolated> {
  const byName = new Map(float.values.map(({ name }, index) => [name, index]));
  const pairs = new Map<number, Pair>();
  for (const [index, { name, float: twin }] of layers)
    pairs.set(index, { name, float: byName.get(twin)!, errors: new ErrorAccumulator() });
  const fed = graph.inputs.map((index) => byName.get(graph.values[index]!.name)!);
  const executable: Executable = await backend.prepare(graph);
  return {
    wanted: new Set([...floatOf(pairs), ...fed]),
    async add(values) {
      const feeds = fed.map((index) => values.tensor(index));
      await executable.run(feeds, comparing(graph, pairs, values));
    },
    results: () => resultsOf(graph, pairs),
    dispose: () => {
      executable.dispose();
    },
  };
}

const floatOf = (pairs: ReadonlyMap<number, Pair>) =>
  new Set([...pairs.values()].map((pair) => pair.float));

const comparing =
  (graph: Graph, pairs: ReadonlyMap<number, Pair>, float: FloatValues) =>
  (index: number, { data }: Tensor) => {
    const pair = pairs.get(index);
    if (!pair) return;
    const expected = float.tensor(pair.float).data as Float32Array;
    pair.errors.add(expected, data, graph.values[index]!.quant);
  };

function resultsOf(graph: Graph, pairs: ReadonlyMap<number, Pair>): Errors {
  const results = new Map<string, TensorError>();
  for (const [index, { name, errors }] of pairs) {
    const result = errors.result(graph.values[index]!.quant?.scale[0]);
    if (result) results.set(name, result);
  }
  return results;
}
