/**
 * A graph being rewritten by a pass. Indices stay valid while it is edited: nodes are removed by
 * setting null, values are only appended; `finish` drops what no output needs and renumbers.
 */
import type { Graph, Node, Value } from '../graph';
import { createNames, type Names } from '../names';

export interface Draft {
  readonly source: Graph;
  readonly values: Value[];
  /** Changed by setNode only. */
  readonly nodes: readonly (Node | null)[];
  inputs: number[];
  outputs: number[];
  /** Every value name in use. */
  readonly names: Names;
  /** By value: the node that makes it, and those that read it. */
  readonly producers: Map<number, number>;
  readonly readers: Map<number, Set<number>>;
}

export function draftOf(graph: Graph): Draft {
  const draft: Draft = {
    source: graph,
    values: [...graph.values],
    nodes: graph.nodes.map(() => null),
    inputs: [...graph.inputs],
    outputs: [...graph.outputs],
    names: createNames(graph.values.map((value) => value.name)),
    producers: new Map(),
    readers: new Map(),
  };
  graph.nodes.forEach((node, index) => setNode(draft, index, node));
  return draft;
}

/** Replaces a node, or removes it with null. */
export function setNode(draft: Draft, index: number, node: Node | null): void {
  const old = draft.nodes[index];
  for (const input of old?.inputs ?? []) draft.readers.get(input)?.delete(index);
  for (const output of old?.outputs ?? []) {
    if (draft.producers.get(output) === index) draft.producers.delete(output);
  }
  (draft.nodes as (Node | null)[])[index] = node;
  for (const input of node?.inputs ?? []) {
    const readers = draft.readers.get(input);
    if (readers) readers.add(index);
    else draft.readers.set(input, new Set([index]));
  }
  for (const output of node?.outputs ?? []) draft.producers.set(output, index);
}

/** Appends a value, renaming it when its name is taken; gives its index. */
export function addValue(draft: Draft, value: Value): number {
  draft.values.push({ ...value, name: draft.names.claim(value.name) });
  return draft.values.length - 1;
}

/** Indices of the nodes that read `value`. */
export function consumersOf(draft: Draft, value: number): number[] {
  return [...(draft.readers.get(value) ?? [])];
}

/** Index of the node that makes `value`; −1 for inputs and constants. */
export function producerOf(draft: Draft, value: number): number {
  return draft.producers.get(value) ?? -1;
}

/** True when exactly one node reads `value` and it is not an output of the graph. */
export function isPrivate(draft: Draft, value: number): boolean {
  return !draft.outputs.includes(value) && consumersOf(draft, value).length === 1;
}

/** Every reader of `from`, graph outputs too, reads `to` instead. */
export function replaceUses(draft: Draft, from: number, to: number): void {
  const swap = (index: number) => (index === from ? to : index);
  for (const index of consumersOf(draft, from)) {
    const node = draft.nodes[index]!;
    setNode(draft, index, { ...node, inputs: node.inputs.map(swap) } as Node);
  }
  draft.outputs = draft.outputs.map(swap);
}

/** The node makes `value` as its first output. */
export function setOutput(draft: Draft, nodeIndex: number, value: number): void {
  const node = draft.nodes[nodeIndex]!;
  setNode(draft, nodeIndex, { ...node, outputs: [value, ...node.outputs.slice(1)] } as Node);
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
