/**
 * A graph run block by block over many samples, what later nodes read kept between them. So a constant that was
 * changed halfway costs no second run of what lies before it: in all, each node runs once a sample.
 */
import type { Backend } from '../../engine/engine';
import { byteSize, type Graph, type Tensor, type TensorData } from '../../model/graph';
import { draftOf, finish } from '../../model/passes/draft';

export interface Blocks {
  /** Runs all nodes before this one; what it reads is there afterwards. */
  advance(to: number, border: () => Promise<void>): Promise<void>;
  /** A value that was kept, of one sample. */
  value(sample: number, index: number): Tensor;
  /** From now on the constant holds these numbers. */
  setConstant(index: number, data: TensorData): void;
}

export function inBlocks(
  backend: Backend,
  graph: Graph,
  feeds: readonly (readonly Tensor[])[],
): Blocks {
  const values = [...graph.values];
  const fixed = constantNodes(graph);
  const live = feeds.map(
    (tensors) => new Map(graph.inputs.map((index, at) => [index, tensors[at]!])),
  );
  let from = 0;
  const readLater = (start: number) =>
    new Set(graph.nodes.flatMap(({ inputs }, at) => (at >= start && !fixed.has(at) ? inputs : [])));
  return {
    async advance(to, border) {
      const chosen = range(from, to).filter((at) => !fixed.has(at));
      from = Math.max(from, to);
      const later = readLater(from);
      const block = blockOf({ ...graph, values }, chosen, fixed, later);
      if (block) {
        const executable = await backend.prepare(block.graph);
        try {
          for (const kept of live) {
            await border();
            const outputs = await executable.run(block.inputs.map((index) => kept.get(index)!));
            block.outputs.forEach((index, at) => kept.set(index, outputs[at]!));
          }
        } finally {
          executable.dispose();
        }
      }
      for (const kept of live)
        for (const index of kept.keys()) if (!later.has(index)) kept.delete(index);
    },
    value: (sample, index) => live[sample]!.get(index)!,
    setConstant(index, data) {
      values[index] = { ...values[index]!, data };
    },
  };
}

/** Largest number of bytes that one sample keeps between two nodes. */
export function mostKept({ nodes, values, inputs }: Graph): number {
  const last = new Map<number, number>();
  nodes.forEach((node, at) => {
    for (const index of node.inputs) last.set(index, at);
  });
  const bytes = (index: number) => byteSize(values[index]!.dtype, values[index]!.shape);
  const living = new Set(inputs);
  let most = 0;
  nodes.forEach((node, at) => {
    for (const index of node.outputs) living.add(index);
    most = Math.max(
      most,
      [...living].reduce((sum, index) => sum + bytes(index), 0),
    );
    for (const index of living) if ((last.get(index) ?? -1) <= at) living.delete(index);
  });
  return most;
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);

/** Nodes that read constants alone, as DEQUANTIZE of weights: they run with the block that reads them. */
function constantNodes({ nodes, values }: Graph): ReadonlySet<number> {
  const known = new Set<number>();
  const found = new Set<number>();
  nodes.forEach(({ inputs, outputs }, at) => {
    const isConstant = (index: number) =>
      index < 0 || values[index]!.data !== undefined || known.has(index);
    if (!inputs.every(isConstant)) return;
    found.add(at);
    for (const index of outputs) known.add(index);
  });
  return found;
}

/** The nodes as a graph of their own; undefined where nothing that they make is read later. */
function blockOf(
  graph: Graph,
  chosen: readonly number[],
  fixed: ReadonlySet<number>,
  later: ReadonlySet<number>,
) {
  const own = chosen.map((at) => graph.nodes[at]!);
  const outputs = own.flatMap((node) => node.outputs).filter((index) => later.has(index));
  if (outputs.length === 0) return undefined;
  const nodes = graph.nodes.filter((_, at) => fixed.has(at) || chosen.includes(at));
  const made = new Set(nodes.flatMap((node) => node.outputs));
  const inputs = [
    ...new Set(
      own
        .flatMap((node) => node.inputs)
        .filter(
          (index) => index >= 0 && graph.values[index]!.data === undefined && !made.has(index),
        ),
    ),
  ];
  return { graph: finish(draftOf({ ...graph, nodes, inputs, outputs })), inputs, outputs };
}
