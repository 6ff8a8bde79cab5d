/** Drops nodes that hand their input on unchanged, and joins RESHAPE of RESHAPE. */
import type { Graph, Node, Value } from '../graph';
import { consumersOf, draftOf, finish, isPrivate, producerOf, replaceUses, setNode } from './draft';

const sameShape = (a: Value, b: Value) =>
  a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);

const every = (value: Value | undefined, wanted: number) =>
  value?.dtype === 'float32' &&
  value.data instanceof Float32Array &&
  value.data.every((x) => x === wanted);

/** Position of the input that the node hands on, or −1. */
function passedOn(node: Node, values: readonly Value[]): number {
  const value = (position: number) => values[node.inputs[position] ?? -1];
  switch (node.op) {
    case 'RESHAPE':
    case 'SQUEEZE':
    case 'EXPAND_DIMS':
    case 'BROADCAST_TO':
      return 0;
    case 'CAST':
      return value(0)?.dtype === node.attrs.to ? 0 : -1;
    case 'TRANSPOSE': {
      const order = value(1)?.data;
      return order &&
        Array.from(order as ArrayLike<number | bigint>).every(
          (axis, index) => Number(axis) === index,
        )
        ? 0
        : -1;
    }
    case 'PAD':
    case 'MIRROR_PAD': {
      const amounts = value(1)?.data;
      return amounts &&
        Array.from(amounts as ArrayLike<number | bigint>).every((amount) => Number(amount) === 0)
        ? 0
        : -1;
    }
    case 'CONCATENATION':
      return node.inputs.length === 1 && node.attrs.activation === 'NONE' ? 0 : -1;
    case 'MUL':
    case 'ADD': {
      if (node.attrs.activation !== 'NONE') return -1;
      const neutral = node.op === 'MUL' ? 1 : 0;
      return [0, 1].findIndex((position) => every(value(1 - position), neutral));
    }
    default:
      return -1;
  }
}

/**
 * Names survive: when the dropped node made an output of the graph, the node before it makes that
 * value; otherwise its readers read the input. A node between a graph input and a graph output stays.
 */
export function removeIdentity(graph: Graph): Graph {
  const draft = draftOf(graph);
  graph.nodes.forEach((_, index) => {
    const node = draft.nodes[index]!;
    const position = passedOn(node, draft.values);
    const from = node.inputs[position] ?? -1;
    const to = node.outputs[0]!;
    if (from < 0) return;
    if (sameShape(draft.values[from]!, draft.values[to]!)) {
      if (draft.values[from]!.dtype !== draft.values[to]!.dtype) return;
      if (!draft.outputs.includes(to)) {
        setNode(draft, index, null);
        replaceUses(draft, to, from);
        return;
      }
      const producer = producerOf(draft, from);
      if (producer < 0 || draft.outputs.includes(from)) return;
      const before = draft.nodes[producer]!;
      setNode(draft, index, null);
      setNode(draft, producer, {
        ...before,
        outputs: before.outputs.map((output) => (output === from ? to : output)),
      } as Node);
      replaceUses(draft, from, to);
      return;
    }
    if (node.op !== 'RESHAPE' || !isPrivate(draft, from)) return;
    const producer = producerOf(draft, from);
    const before = producer < 0 ? null : draft.nodes[producer]!;
    if (before?.op !== 'RESHAPE' || consumersOf(draft, from)[0] !== index) return;
    setNode(draft, index, {
      ...node,
      inputs: [before.inputs[0]!, ...node.inputs.slice(1)],
    } as Node);
    setNode(draft, producer, null);
  });
  return finish(draft);
}
