/**
 * Runs a part of a graph again with other numbers: what a change at one place does to the outputs. What
 * the change reaches is computed into a second memory, which all branches share, one at a time; everything
 * else is read where the last run left it. A node's call with the same inputs changed is made once for all
 * branches, so that many branches of a long graph take memory by their length in numbers, not in calls.
 */
import type { Graph, Tensor } from '../model/graph';
import { linksOf } from '../model/links';
import type { Branch, Kernel } from './engine';
import { planMemory } from './memory';

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

export interface BranchMemory {
  /** Byte offsets of what a branch reaches, by value. */
  readonly reached: readonly number[];
  /** Of each branch: of what its own nodes make. */
  readonly own: readonly ReadonlyMap<number, number>[];
  readonly bytes: number;
}

/** @param apart nodes of all branches: no branch reaches another's */
export function branchMemory(
  graph: Graph,
  branches: readonly Branch[],
  apart: ReadonlySet<number>,
): BranchMemory {
  if (branches.length === 0) return { reached: [], own: [], bytes: 0 };
  const main = graph.nodes.filter((_, index) => !apart.has(index));
  const { offsets, total } = planMemory({ ...graph, nodes: main, inputs: [] });
  let bytes = total;
  const own = branches.map(({ nodes }) => {
    const parts = nodes.map((index) => graph.nodes[index]!);
    const made = [...new Set(parts.flatMap(({ outputs }) => outputs))].filter((at) => at >= 0);
    const alone: Graph = {
      ...graph,
      values: made.map((index) => graph.values[index]!),
      nodes: [],
      inputs: made.map((_, position) => position),
      outputs: [],
    };
    const plan = planMemory(alone, { keepAll: true });
    bytes = Math.max(bytes, total + plan.total);
    return new Map(made.map((index, position) => [index, total + plan.offsets[position]!]));
  });
  return { reached: offsets, own, bytes };
}

/** The steps of every branch in `tensorAt(value, offset)` memory, and where its outputs are. */
export function branchRuns(
  graph: Graph,
  branches: readonly Branch[],
  apart: ReadonlySet<number>,
  memory: BranchMemory,
  kernels: readonly Kernel[],
  left: readonly (Tensor | undefined)[],
  tensorAt: (value: number, offset: number) => Tensor,
): BranchRun[] {
  const second = new Map<number, Tensor>();
  const reachedTensor = (value: number): Tensor => {
    const tensor = second.get(value) ?? tensorAt(value, memory.reached[value]!);
    second.set(value, tensor);
    return tensor;
  };
  /** By node and by which of its inputs are changed. */
  const known = new Map<string, KernelCall>();
  return branches.map(({ nodes, instead: replaced }, branch): BranchRun => {
    const instead = new Map(replaced);
    const own = new Map<number, Tensor>();
    for (const [value, offset] of memory.own[branch]!) own.set(value, tensorAt(value, offset));
    const changed = new Set<number>();
    const at = (index: number): Tensor | undefined => {
      const value = instead.get(index) ?? index;
      return own.get(value) ?? (changed.has(value) ? reachedTensor(value) : left[value]);
    };
    const call = (index: number, outputs: readonly Tensor[]): KernelCall => ({
      kernel: kernels[index]!,
      inputs: graph.nodes[index]!.inputs.map((input) => (input < 0 ? undefined : at(input))),
      outputs,
    });
    const steps = nodes.map((index) =>
      call(
        index,
        graph.nodes[index]!.outputs.map((output) => own.get(output)!),
      ),
    );
    for (const index of reachedFrom(graph, apart, [...instead.keys()])) {
      const { inputs, outputs } = graph.nodes[index]!;
      const make = () => call(index, outputs.map(reachedTensor));
      if (inputs.some((input) => instead.has(input) || own.has(input))) steps.push(make());
      else {
        const key = `${index} ${inputs.map((input) => (changed.has(input) ? 1 : 0)).join('')}`;
        const step = known.get(key) ?? make();
        known.set(key, step);
        steps.push(step);
      }
      for (const output of outputs) changed.add(output);
    }
    return { steps, outputs: graph.outputs.map((output) => at(output)!) };
  });
}

/** Nodes that a change of these values reaches, in order. */
function reachedFrom(
  graph: Graph,
  apart: ReadonlySet<number>,
  values: readonly number[],
): number[] {
  const { readers } = linksOf(graph);
  const found = new Set<number>();
  const due = [...values];
  for (let value = due.pop(); value !== undefined; value = due.pop()) {
    for (const index of readers(value)) {
      if (found.has(index) || apart.has(index)) continue;
      found.add(index);
      due.push(...graph.nodes[index]!.outputs);
    }
  }
  return [...found].sort((a, b) => a - b);
}
