/**
 * Computes what depends on constants only: float16 DEQUANTIZE (exact in float32), RESHAPE and its
 * kin, element-wise arithmetic. Graphs that hold integer-quantized values keep their DEQUANTIZE.
 */
import { elementCount, type Graph, type Node, type TensorData, type Value } from '../graph';
import { halfToNumber } from '../half';
import { draftOf, finish, setNode } from './draft';

/** Elements that arithmetic may make in all: a few small constants can claim to broadcast to anything. */
const ARITHMETIC_LIMIT = 1 << 22;

type Binary = (a: number, b: number) => number;
const binary: Partial<Record<Node['op'], Binary>> = {
  ADD: (a, b) => a + b,
  SUB: (a, b) => a - b,
  MUL: (a, b) => a * b,
  DIV: (a, b) => a / b,
};
const unary: Partial<Record<Node['op'], (a: number) => number>> = {
  NEG: (a) => -a,
  ABS: Math.abs,
  SQRT: Math.sqrt,
  RSQRT: (a) => 1 / Math.sqrt(a),
  SQUARE: (a) => a * a,
  EXP: Math.exp,
};

/** Flat index into a tensor of `shape`, broadcast to `output`, of the output's flat index. */
function broadcastIndex(shape: readonly number[], output: readonly number[]) {
  const strides = output.map((_, axis) => {
    const own = axis - (output.length - shape.length);
    return own < 0 || shape[own] === 1 ? 0 : elementCount(shape.slice(own + 1));
  });
  return (flat: number) => {
    let rest = flat;
    let index = 0;
    for (let axis = output.length - 1; axis >= 0; axis -= 1) {
      index += (rest % output[axis]!) * strides[axis]!;
      rest = Math.floor(rest / output[axis]!);
    }
    return index;
  };
}

/** What was computed so far in one run of the pass. */
interface Work {
  budget: number;
  /** float16 constants that several nodes turn to float32 are turned once. */
  readonly halves: Map<TensorData, Float32Array>;
}

function fromHalf(data: Uint16Array, work: Work): Float32Array {
  let made = work.halves.get(data);
  if (!made) work.halves.set(data, (made = Float32Array.from(data, halfToNumber)));
  return made;
}

function arithmetic(
  node: Node,
  inputs: readonly (Value | undefined)[],
  output: Value,
  work: Work,
): Float32Array | null {
  const [first, second] = inputs;
  const count = elementCount(output.shape);
  if (count > work.budget || output.dtype !== 'float32') return null;
  if (!first || !(first.data instanceof Float32Array)) return null;
  if ('activation' in node.attrs && node.attrs.activation !== 'NONE') return null;
  const one = unary[node.op];
  const two = binary[node.op];
  if (one) {
    work.budget -= count;
    return first.data.map(one);
  }
  if (!two || !second || !(second.data instanceof Float32Array)) return null;
  work.budget -= count;
  const [a, b] = [first.data, second.data];
  const indexA = broadcastIndex(first.shape, output.shape);
  const indexB = broadcastIndex(second.shape, output.shape);
  return Float32Array.from({ length: count }, (_, i) => two(a[indexA(i)]!, b[indexB(i)]!));
}

function fold(
  node: Node,
  inputs: readonly (Value | undefined)[],
  output: Value,
  work: Work,
): TensorData | null {
  const first = inputs[0];
  if (!first?.data) return null;
  switch (node.op) {
    case 'DEQUANTIZE':
      return first.dtype === 'float16' ? fromHalf(first.data as Uint16Array, work) : null;
    case 'RESHAPE':
    case 'SQUEEZE':
    case 'EXPAND_DIMS':
      return first.data;
    default:
      return arithmetic(node, inputs, output, work);
  }
}

export function foldConstants(graph: Graph): Graph {
  const draft = draftOf(graph);
  const work: Work = { budget: ARITHMETIC_LIMIT, halves: new Map() };
  graph.nodes.forEach((node, index) => {
    const output = node.outputs[0]!;
    if (node.outputs.length !== 1 || draft.outputs.includes(output)) return;
    const inputs = node.inputs.map((input) => draft.values[input]);
    if (inputs.some((value) => value && (!value.data || value.quant))) return;
    const data = fold(node, inputs, draft.values[output]!, work);
    if (data?.length !== elementCount(draft.values[output]!.shape)) return;
    draft.values[output] = { ...draft.values[output]!, data };
    setNode(draft, index, null);
  });
  return finish(draft);
}
