/** A graph made ready to be run on samples and read as real numbers. */
import { toInput, toReal } from '../analysis/tensors';
import type { Sample } from '../data/samples';
import type { Backend, Executable, Tap } from '../engine/engine';
import type { Graph, Tensor } from '../model/graph';
import { foldConstants } from '../model/passes/foldConstants';

/** What a runtime computes once rather than per inference: float16 weights made float32. */
export const runnable = foldConstants;

export interface Prepared {
  readonly graph: Graph;
  readonly executable: Executable;
  feeds(sample: Sample): Tensor[];
  /** Runs one sample; every output as real numbers. `tap` as in Executable. */
  run(sample: Pick<Sample, 'inputs'>, tap?: Tap): Promise<Float32Array[]>;
  /** Many samples, in batches where the backend has them. */
  runMany(samples: readonly Sample[]): Promise<Float32Array[][]>;
  dispose(): void;
}

/** A value's tensor as real numbers, in an array of its own. */
export const realsOf = (graph: Graph, index: number, { data }: Tensor): Float32Array =>
  toReal(data, graph.values[index]!.quant, new Float32Array(data.length));

/** A sample as the input tensors of any graph with these inputs, float or quantized. */
export function feedsOf(graph: Graph, { inputs }: Pick<Sample, 'inputs'>): Tensor[] {
  return graph.inputs.map((index, position) => toInput(inputs[position]!, graph.values[index]!));
}

export async function prepare(backend: Backend, made: Graph): Promise<Prepared> {
  const graph = runnable(made);
  const executable = await backend.prepare(graph);
  const real = (outputs: readonly Tensor[]) =>
    outputs.map((output, position) => realsOf(graph, graph.outputs[position]!, output));
  return {
    graph,
    executable,
    feeds: (sample) => feedsOf(graph, sample),
    run: async (sample, tap) => real(await executable.run(feedsOf(graph, sample), tap)),
    runMany: async (samples) =>
      (await executable.runMany(samples.map((sample) => feedsOf(graph, sample)))).map(real),
    dispose: () => {
      executable.dispose();
    },
  };
}

/** Runs `work` with the graphs prepared, and disposes of them whatever happens. */
export async function withPrepared<T>(
  backend: Backend,
  graphs: readonly Graph[],
  work: (prepared: readonly Prepared[]) => Promise<T>,
): Promise<T> {
  const prepared: Prepared[] = [];
  try {
    for (const graph of graphs) prepared.push(await prepare(backend, graph));
    return await work(prepared);
  } finally {
    for (const one of prepared) one.dispose();
  }
}

/** Value index of each node's first output, by node name: how layers are matched across graphs. */
export function outputsByNode(graph: Graph): Map<string, number> {
  return new Map(graph.nodes.map((node) => [node.name, node.outputs[0]!]));
}
