/**
 * A graph being rewritten by a pass. Indices stay valid while it is edited: nodes are removed by
 * setting null, values are only appended; `finish` drops what no output needs and renumbers.
 */
import type { Graph, Node, Value } from '../graph';

export interface Draft {
  readonly source: Graph;
  readonly values: Value[];
  readonly nodes: (Node | null)[];
  inputs: number[];
  outputs: number[];
  /** Every value name in use. */
  readonly names: Set<string>;
}

export function draftOf(graph: Graph): Draft {
  return {
    source: graph,
    values: [...graph.values],
    nodes: [...graph.nodes],
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
    names: new Set(graph.values.map((value) => value.name)),
  };
}

/** `wanted`, or the first of `wanted_1`, `wanted_2`, … that `taken` doesn't hold. Adds it to `taken`. */
export function uniqueName(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let suffix = 1; taken.has(name); suffix += 1) name = `${wanted}_${suffix}`;
  taken.add(name);
  return name;
}

/** Appends a value, renaming it when its name is taken; gives its index. */
export function addValue(draft: Draft, value: Value): number {
  draft.values.push({ ...value, name: uniqueName(draft.names, value.name) });
  return draft.values.length - 1;
}

/** Indices of the nodes that read `value`. */
export function consumersOf(draft: Draft, value: number): number[] {
  const found: number[] = [];
  draft.nodes.forEach((node, index) => {
    if (node?.inputs.includes(value)) found.push(index);
  });
  return found;
}

/** Index of the node that makes `value`; −1 for inputs and constants. */
export function producerOf(draft: Draft, value: number): number {
  return draft.nodes.findIndex((node) => node?.outputs.includes(value) ?? false);
}

/** True when exactly one node reads `value` and it is not an output of the graph. */
export function isPrivate(draft: Draft, value: number): boolean {
  return !draft.outputs.includes(value) && consumersOf(draft, value).length === 1;
}

/** Every reader of `from`, graph outputs too, reads `to` instead. */
export function replaceUses(draft: Draft, from: number, to: number): void {
  const swap = (index: number) => (index === from ? to : index);
  draft.nodes.forEach((node, index) => {
    if (node?.inputs.includes(from)) {
      draft.nodes[index] = { ...node, inputs: node.inputs.map(swap) } as Node;
    }
  });
  draft.outputs = draft.outputs.map(swap);
}

/** The node makes `value` as its first output. */
export function setOutput(draft: Draft, nodeIndex: number, value: number): void {
  const node = draft.nodes[nodeIndex]!;
  draft.nodes[nodeIndex] = { ...node, outputs: [value, ...node.outputs.slice(1)] } as Node;
}

/** A new graph without the nodes and values that no graph output needs; graph inputs all stay. */
export function finish(draft: Draft): Graph {
  const needed = new Set<number>(draft.outputs);
  const kept: Node[] = [];
  for (let index = draft.nodes.length - 1; index >= 0; index -= 1) {
    const node = draft.nodes[index];
    if (!node || !node.outputs.some((output) => needed.has(output))) continue;
    kept.push(node);
    for (const input of node.inputs) if (input >= 0) needed.add(input);
    for (const output of node.outputs) needed.add(output);
  }
  for (const input of draft.inputs) needed.add(input);
  kept.reverse();
  const renumbered = new Map<number, number>();
  const values: Value[] = [];
  draft.values.forEach((value, index) => {
    if (!needed.has(index)) return;
    renumbered.set(index, values.length);
    values.push(value);
  });
  const move = (index: number) => (index < 0 ? index : renumbered.get(index)!);
  return {
    ...draft.source,
    values,
    nodes: kept.map(
      (node) =>
        ({ ...node, inputs: node.inputs.map(move), outputs: node.outputs.map(move) }) as Node,
    ),
    inputs: draft.inputs.map(move),
    outputs: draft.outputs.map(move),
  };
}
