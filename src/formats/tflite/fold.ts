/**
 * Sizes that a file computes from sizes (SHAPE → STRIDED_SLICE → PACK → …, left by converters of
 * models with an open batch) are constants here, because every shape is.
 */
import type { Node, TensorData } from '../../model/graph';
import { elementCount } from '../../model/graph';
import { planStridedSlice } from '../../model/infer';
import type { Draft } from './tensors';

/** Longer integer tensors are data, not sizes. */
const mostSizes = 16;

function numbers(draft: Draft | undefined): number[] | undefined {
  if (!draft || (draft.dtype !== 'int32' && draft.dtype !== 'int64')) return undefined;
  if (!draft.data || draft.data.length > mostSizes) return undefined;
  return Array.from(draft.data as ArrayLike<number | bigint>, Number);
}

const products = {
  ADD: (a: number, b: number) => a + b,
  SUB: (a: number, b: number) => a - b,
  MUL: (a: number, b: number) => a * b,
};

function evaluate(node: Node, inputs: readonly (Draft | undefined)[]): number[] | undefined {
  if (node.op === 'SHAPE') return inputs[0] && [...inputs[0].shape];
  const known = inputs.map(numbers);
  if (!known.every((item) => item !== undefined)) return undefined;
  const [first = [], second = []] = known;
  switch (node.op) {
    case 'STRIDED_SLICE': {
      if (inputs[0]!.shape.length !== 1) return undefined;
      const [begin, end, strides] = [known[1], known[2], known[3]];
      if (!begin || !end || !strides) return undefined;
      const [axis] = planStridedSlice(node.attrs, [first.length], begin, end, strides).axes;
      return (
        axis && Array.from({ length: axis.count }, (_, at) => first[axis.start + at * axis.step]!)
      );
    }
    case 'PACK':
      return inputs[0]?.shape.length === 0 ? known.map((item) => item[0]!) : undefined;
    case 'CONCATENATION':
      return inputs[0]?.shape.length === 1 ? known.flat() : undefined;
    case 'GATHER':
      return inputs[0]?.shape.length === 1 && second.every((at) => at >= 0 && at < first.length)
        ? second.map((at) => first[at]!)
        : undefined;
    case 'RESHAPE':
    case 'SQUEEZE':
    case 'EXPAND_DIMS':
    case 'CAST':
      return first;
    case 'REDUCE_PROD':
      return inputs[0]?.shape.length === 1 ? [first.reduce((a, b) => a * b, 1)] : undefined;
    case 'ADD':
    case 'SUB':
    case 'MUL': {
      if (node.attrs.activation !== 'NONE') return undefined;
      const count = Math.max(first.length, second.length);
      if (![1, count].includes(first.length) || ![1, count].includes(second.length))
        return undefined;
      const combine = products[node.op];
      return Array.from({ length: count }, (_, at) =>
        combine(first[first.length === 1 ? 0 : at]!, second[second.length === 1 ? 0 : at]!),
      );
    }
    default:
      return undefined;
  }
}

/** Makes the node's output a constant where it only computes sizes; true when the node is not needed. */
export function foldShapes(
  node: Node,
  drafts: Draft[],
  graphOutputs: ReadonlySet<number>,
): boolean {
  const [place] = node.outputs;
  if (place === undefined || node.outputs.length !== 1 || graphOutputs.has(place)) return false;
  const output = drafts[place]!;
  if (output.dtype !== 'int32' && output.dtype !== 'int64') return false;
  const sizes = evaluate(
    node,
    node.inputs.map((index) => drafts[index]),
  );
  if (!sizes || sizes.length !== elementCount(output.shape)) return false;
  if (!sizes.every((size) => Number.isInteger(size) && Math.abs(size) < 2 ** 31)) return false;
  const data: TensorData =
    output.dtype === 'int32' ? Int32Array.from(sizes) : BigInt64Array.from(sizes, BigInt);
  output.data = data;
  return true;
}
