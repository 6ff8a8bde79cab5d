/**
 * A model on a few samples, as far as it has been asked for: the values that nodes to come read are kept,
 * so that each node runs once, whatever the number of layers that are looked at.
 */
import type { Sample } from '../../../data/samples';
import type { Backend } from '../../../engine/engine';
import { elementCount, type Graph, type Tensor } from '../../../model/graph';
import { feedsOf } from '../../prepared';

export interface Walk {
  /** Runs the nodes before this one. Later graphs may hold other constants, nothing else that is new. */
  advance(graph: Graph, node: string): Promise<void>;
  /** The values of these names that nodes before `node` make, of every sample; nothing is kept. */
  peek(graph: Graph, node: string, names: readonly string[]): Promise<Kept>;
  /** Goes back to where it stands now when called. */
  mark(): () => void;
  /** Of values that are read by the node that was advanced to, or by later ones. */
  readonly kept: Kept;
}
/** By name of value: one tensor a sample. */
export type Kept = ReadonlyMap<string, readonly Tensor[]>;

/** @param between awaited after every sample */
export function walk(
  graph: Graph,
  samples: readonly Sample[],
  backend: Backend,
  between: () => Promise<void>,
): Walk {
  const feeds = samples.map((sample) => feedsOf(graph, sample));
  const kept = new Map(
    graph.inputs.map((index, position) => [
      graph.values[index]!.name,
      feeds.map((tensors) => tensors[position]!),
    ]),
  );
  let done = 0;

  const runUpTo = async (now: Graph, end: number, wanted: readonly number[]) => {
    const known = (index: number) => kept.has(now.values[index]!.name);
    const part = partOf(now, done, end, wanted, known);
    const made = new Map<string, Tensor[]>();
    if (part.nodes.length === 0) return made;
    const names = part.outputs.map((index) => part.values[index]!.name);
    const executable = await backend.prepare(part);
    try {
      for (const position of samples.keys()) {
        const inputs = part.inputs.map((index) => kept.get(part.values[index]!.name)![position]!);
        const outputs = await executable.run(inputs);
        outputs.forEach((tensor, at) => {
          const name = names[at]!;
          made.set(name, [...(made.get(name) ?? []), tensor]);
        });
        await between();
      }
    } finally {
      executable.dispose();
    }
    return made;
  };

  return {
    kept,
    mark() {
      const [was, at] = [new Map(kept), done];
      return () => {
        kept.clear();
        for (const [name, tensors] of was) kept.set(name, tensors);
        done = at;
      };
    },
    async advance(now, node) {
      const end = positionOf(now, node);
      if (end <= done) return;
      const live = liveAt(now, end);
      const made = await runUpTo(now, end, live);
      const names = new Set(live.map((index) => now.values[index]!.name));
      for (const name of [...kept.keys()]) if (!names.has(name)) kept.delete(name);
      for (const [name, tensors] of made) kept.set(name, tensors);
      done = end;
    },
    async peek(now, node, names) {
      const wanted = now.values.flatMap(({ name }, index) => (names.includes(name) ? [index] : []));
      const made = await runUpTo(now, positionOf(now, node), wanted);
      return new Map(names.map((name) => [name, made.get(name) ?? kept.get(name)!]));
    },
  };
}

const positionOf = ({ nodes }: Graph, name: string) =>
  nodes.findIndex((node) => node.name === name);

/** Values made before node `end`, inputs too, that it or a later one reads. */
export function liveAt({ nodes, values }: Graph, end: number): number[] {
  const later = new Set(nodes.slice(end).flatMap(({ outputs }) => outputs));
  const read = new Set(nodes.slice(end).flatMap(({ inputs }) => inputs));
  return [...read].filter((index) => index >= 0 && !values[index]!.data && !later.has(index));
}

/** What computes `wanted` with nodes [from, to) from values that are known. */
function partOf(
  graph: Graph,
  from: number,
  to: number,
  wanted: readonly number[],
  known: (index: number) => boolean,
): Graph {
  const missing = new Set(wanted.filter((index) => !known(index)));
  const outputs = [...missing];
  const inputs = new Set<number>();
  const nodes: Graph['nodes'][number][] = [];
  for (let at = to - 1; at >= from; at--) {
    const node = graph.nodes[at]!;
    if (!node.outputs.some((index) => missing.has(index))) continue;
    nodes.unshift(node);
    for (const index of node.inputs) {
      if (index < 0 || graph.values[index]!.data) continue;
      if (known(index)) inputs.add(index);
      else missing.add(index);
    }
  }
  return { ...graph, nodes, inputs: [...inputs], outputs };
}

/** Most bytes of one sample that a walk holds at once. */
export function widestCut(graph: Graph): number {
  const sizes = graph.values.map(({ shape }) => 4 * elementCount(shape));
  return graph.nodes.reduce(
    (most, _, end) =>
      Math.max(
        most,
        liveAt(graph, end).reduce((sum, index) => sum + sizes[index]!, 0),
      ),
    0,
  );
}
