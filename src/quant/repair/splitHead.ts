/**
 * The CONCATENATION that ends a model is taken away: its inputs are outputs of their own, each on a grid of its own.
 * What the joint output was is kept, so that samples and labels made for it can still be read.
 */
import { IntactError } from '../../model/error';
import { elementCount, type Graph, type Node, type Value } from '../../model/graph';
import { consumersOf, draftOf, finish, type Draft } from '../../model/passes/draft';
import { createNames } from '../../model/names';

/** An output that was split, as plain data. */
export interface Split {
  /** Position of the joint output among the graph's outputs, and of the first part now. */
  readonly output: number;
  /** The node that was taken away, and the layer that it was of. */
  readonly node: string;
  readonly layer: number;
  /** The joint output. */
  readonly joint: Pick<Value, 'name' | 'shape' | 'signature'>;
  /** Shape and axis of the parts put together; `joint` may relabel it. */
  readonly shape: readonly number[];
  readonly axis: number;
  /** Values that are outputs now. */
  readonly parts: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

const relabels: ReadonlySet<string> = new Set<Node['op']>(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS']);

/** @throws IntactError `usage` where the node is no CONCATENATION, or something computes with what it makes */
export function splitHead(
  graph: Graph,
  name: string,
): { readonly graph: Graph; readonly split: Split } {
  const draft = draftOf(graph);
  const node = graph.nodes.find((one) => one.name === name);
  if (node?.op !== 'CONCATENATION')
    throw refused(name, node ? `is a ${node.op}, no CONCATENATION` : 'is no layer of this model');
  if (node.attrs.activation !== 'NONE') throw refused(name, 'ends in an activation');
  const last = endOf(draft, node);
  const output = graph.outputs.indexOf(last);
  const parts = [...new Set(node.inputs)];
  if (parts.length < 2 || parts.length < node.inputs.length)
    throw refused(name, 'has no inputs that differ');
  for (const part of parts) {
    const { name: value, data } = graph.values[part]!;
    if (data) throw refused(name, `has the constant "${value}" among its inputs`);
    if (graph.inputs.includes(part)) throw refused(name, `hands on the model's input "${value}"`);
    if (graph.outputs.includes(part))
      throw refused(name, `has the input "${value}", which is an output already`);
  }
  const { shape } = graph.values[node.outputs[0]!]!;
  const { name: jointName, shape: jointShape, signature } = graph.values[last]!;
  draft.outputs = graph.outputs.flatMap((index, at) => (at === output ? parts : [index]));
  return {
    graph: finish(draft),
    split: {
      ...{ output, node: name, layer: node.layer, shape },
      joint: { name: jointName, shape: jointShape, ...(signature ? { signature } : {}) },
      axis: node.attrs.axis < 0 ? node.attrs.axis + shape.length : node.attrs.axis,
      parts: parts.map((index) => {
        const part = graph.values[index]!;
        return { name: part.name, shape: part.shape };
      }),
    },
  };
}

/** The output that the node ends in, behind what only relabels. */
function endOf(draft: Draft, node: Node): number {
  let value = node.outputs[0]!;
  while (!draft.outputs.includes(value)) {
    const [reader, another] = consumersOf(draft, value);
    const next = reader === undefined ? undefined : draft.nodes[reader];
    if (!next || another !== undefined || !relabels.has(next.op))
      throw refused(
        node.name,
        `does not end the model${next ? `: "${next.name}" computes with its result` : ''}`,
      );
    value = next.outputs[0]!;
  }
  return value;
}

function refused(name: string, why: string): IntactError {
  return new IntactError(
    'usage',
    `The head can't be split at "${name}", which ${why}. Name the CONCATENATION that ends the model.`,
    { node: name },
  );
}

/** The CONCATENATION that ends the graph, where exactly one can be split. */
export function splittable(graph: Graph): readonly string[] {
  return graph.nodes.flatMap((node) => {
    if (node.op !== 'CONCATENATION') return [];
    try {
      splitHead(graph, node.name);
      return [node.name];
    } catch (thrown) {
      if (thrown instanceof IntactError) return [];
      throw thrown;
    }
  });
}

/** A graph that was split, with the joint output again: what its samples were opened for. */
export function rejoined(graph: Graph, split: Split): Graph {
  const { output, parts, shape, axis, joint, node: nodeName, layer } = split;
  const values: Value[] = [...graph.values];
  const names = createNames(values.map(({ name }) => name));
  const nodeNames = createNames(graph.nodes.map(({ name }) => name));
  const push = (value: Value) => values.push({ ...value, name: names.claim(value.name) }) - 1;
  const inputs = parts.map(({ name }) => values.findIndex((value) => value.name === name));
  const isSame = shape.join() === joint.shape.join();
  const together = push(
    isSame
      ? { ...joint, dtype: 'float32' }
      : { name: `${joint.name}/parts`, shape, dtype: 'float32' },
  );
  const nodes: Node[] = [
    ...graph.nodes,
    {
      ...{
        name: nodeNames.claim(nodeName),
        op: 'CONCATENATION',
        attrs: { axis, activation: 'NONE' },
      },
      ...{ inputs, outputs: [together], layer },
    },
  ];
  let last = together;
  if (!isSame) {
    const sizes = push({
      ...{ name: `${joint.name}/shape`, shape: [joint.shape.length], dtype: 'int32' },
      data: Int32Array.from(joint.shape),
    });
    last = push({ ...joint, dtype: 'float32' });
    nodes.push({
      ...{ name: nodeNames.claim(`${nodeName}/reshape`), op: 'RESHAPE', attrs: {} },
      ...{ inputs: [together, sizes], outputs: [last], layer },
    });
  }
  const outputs = graph.outputs.filter((_, at) => at < output || at >= output + parts.length);
  return {
    ...graph,
    values,
    nodes,
    outputs: [...outputs.slice(0, output), last, ...outputs.slice(output)],
  };
}

/** The numbers of each part, of those of the joint output of one sample; without the batch. */
export function partsOf({ shape, axis, parts }: Split, numbers: ArrayLike<number>): Float32Array[] {
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const along = shape[axis]!;
  let from = 0;
  return parts.map((part) => {
    const size = part.shape[axis]!;
    const taken = new Float32Array(outer * size * inner);
    for (let o = 0; o < outer; o += 1)
      for (let i = 0; i < size * inner; i += 1)
        taken[o * size * inner + i] = numbers[(o * along + from) * inner + i]!;
    from += size;
    return taken;
  });
}
