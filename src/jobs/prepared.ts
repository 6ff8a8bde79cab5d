import { toReal } from '../analysis/tensors';
import type { Backend, Executable, Tap } from '../engine/engine';
import type { Graph } from '../model/graph';
import { foldConstants } from '../model/passes/foldConstants';
import type { Feeds } from './feeds';

/** What a runtime computes once rather than per inference: float16 weights made float32. */
export const runnable = foldConstants;

/** A graph made ready to be run on samples and read as real numbers. */
export interface Prepared {
  readonly graph: Graph;
  readonly executable: Executable;
  /** Runs one sample; the first output as real numbers. `tap` as in Executable. */
  run(sample: number, tap?: Tap): Promise<Float32Array>;
  dispose(): void;
}

export async function prepare(backend: Backend, made: Graph, feeds: Feeds): Promise<Prepared> {
  const graph = runnable(made);
  const executable = await backend.prepare(graph);
  const output = graph.values[graph.outputs[0]!]!;
  return {
    graph,
    executable,
    async run(sample, tap) {
      const [first] = await executable.run(feeds(graph, sample), tap);
      return toReal(first!.data, output.quant, new Float32Array(first!.data.length));
    },
    dispose: () => executable.dispose(),
  };
}

/** Value index of each node's first output, by node name: how layers are matched across graphs. */
export function outputsByNode(graph: Graph): Map<string, number> {
  return new Map(graph.nodes.map((node) => [node.name, node.outputs[0]!]));
}
