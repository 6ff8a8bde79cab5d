/**
 * Runs a part of a graph again with other numbers, in memory of its own: what a change at one place does
 * to the outputs. Everything that the change doesn't reach is read where the last run left it.
 */
import type { Graph, Tensor } from '../model/graph';
import type { Branch, Kernel } from './engine';
import { planMemory } from './memory';

/** A branch with all that follows from it. */
export interface BranchPlan {
  /** In order: the branch's own, and those that it reaches. */
  readonly nodes: readonly number[];
  readonly instead: ReadonlyMap<number, number>;
  /** Byte offsets of the values that these nodes make. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

export function planBranch(graph: Graph, branch: Branch, apart: ReadonlySet<number>): BranchPlan {
  const instead = new Map(branch.instead);
  const changed = new Set(instead.keys());
  const reached = graph.nodes.flatMap((node, index) => {
    if (apart.has(index) || !node.inputs.some((input) => changed.has(input))) return [];
    for (const output of node.outputs) changed.add(output);
    return [index];
  });
  const nodes = [...branch.nodes, ...reached];
  const part: Graph = {
    ...graph,
    nodes: nodes.map((index) => {
      const node = graph.nodes[index]!;
      return { ...node, inputs: node.inputs.map((input) => instead.get(input) ?? input) };
    }),
    inputs: [],
    outputs: graph.outputs.map((output) => instead.get(output) ?? output),
  };
  const { offsets, total } = planMemory(part);
  return { nodes, instead, offsets, bytes: total };
}

/** A kernel with its operands. */
export interface KernelCall {
  readonly kernel: Kernel;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly outputs: readonly Tensor[];
}

export interface BranchRun {
  readonly steps: readonly KernelCall[];
  /** In the order of graph.outputs. */
  readonly outputs: readonly Tensor[];
}

/** The branch's steps in `tensorAt(offset)` memory, and where its outputs are. */
export function branchSteps(
  graph: Graph,
  { nodes, instead, offsets }: BranchPlan,
  kernels: readonly Kernel[],
  left: readonly (Tensor | undefined)[],
  tensorAt: (value: number, offset: number) => Tensor,
): BranchRun {
  const made = new Map<number, Tensor>();
  const at = (index: number): Tensor | undefined => {
    const value = instead.get(index) ?? index;
    return made.get(value) ?? left[value];
  };
  const steps = nodes.map((index): KernelCall => {
    const node = graph.nodes[index]!;
    const inputs = node.inputs.map((input) => (input < 0 ? undefined : at(input)));
    const outputs = node.outputs.map((output) => {
      const tensor = tensorAt(output, offsets[output]!);
      made.set(output, tensor);
      return tensor;
    });
    return { kernel: kernels[index]!, inputs, outputs };
  });
  return { steps, outputs: graph.outputs.map((output) => at(output)!) };
}
