/** Shapes of operators that only move elements: reshape, transpose, join, split, pad, space ⇄ depth. */
import type { OpAttrs } from '../ops';
import type { Inferred, Operands } from './checks';
import { axisOf, broadcast, constantInt, constantInts, named, operand, product } from './checks';
import { refuse, wantPositive, wantRank } from './checks';

/** A file may claim more outputs than it has bytes. */
const mostParts = 65536;

export function reshape(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const count = product(input.shape);
  const wanted = constantInts(inputs, 1);
  const known = product(wanted.filter((size) => size !== -1));
  const open = wanted.filter((size) => size === -1).length;
  const shape = wanted.map((size) => (size === -1 && known > 0 ? count / known : size));
  if (open > 1 || product(shape) !== count)
    refuse(`${named(input.shape)} cannot be reshaped to ${named(wanted)}.`);
  return [{ shape, dtype: input.dtype }];
}

export function squeeze(attrs: OpAttrs['SQUEEZE'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const rank = input.shape.length;
  const axes = new Set(attrs.squeezeDims.map((axis) => axisOf(axis, rank)));
  const drop = (size: number, axis: number) => (axes.size === 0 ? size === 1 : axes.has(axis));
  if (input.shape.some((size, axis) => drop(size, axis) && size !== 1))
    refuse(`${named(input.shape)} cannot be squeezed along ${named(attrs.squeezeDims)}.`);
  return [{ shape: input.shape.filter((size, axis) => !drop(size, axis)), dtype: input.dtype }];
}

export function expandDims(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const axis = axisOf(constantInt(inputs, 1), input.shape.length + 1);
  return [{ shape: input.shape.toSpliced(axis, 0, 1), dtype: input.dtype }];
}

export function transpose(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const order = constantInts(inputs, 1).map((axis) => axisOf(axis, input.shape.length));
  if (new Set(order).size !== input.shape.length || order.length !== input.shape.length)
    refuse(`${named(order)} is not an order of the axes of ${named(input.shape)}.`);
  return [{ shape: order.map((axis) => input.shape[axis]!), dtype: input.dtype }];
}

export function concatenation(attrs: OpAttrs['CONCATENATION'], inputs: Operands): Inferred[] {
  const first = operand(inputs, 0);
  const axis = axisOf(attrs.axis, first.shape.length);
  let size = 0;
  inputs.forEach((_, index) => {
    const { shape } = operand(inputs, index);
    if (
      shape.length !== first.shape.length ||
      shape.some((n, k) => k !== axis && n !== first.shape[k])
    )
      refuse(`${named(first.shape)} and ${named(shape)} cannot be joined along axis ${axis}.`);
    size += shape[axis]!;
  });
  return [{ shape: first.shape.with(axis, size), dtype: first.dtype }];
}

export function pack(attrs: OpAttrs['PACK'], inputs: Operands): Inferred[] {
  const first = operand(inputs, 0);
  inputs.forEach((_, index) => {
    const { shape } = operand(inputs, index);
    if (named(shape) !== named(first.shape))
      refuse(`${named(first.shape)} and ${named(shape)} cannot be stacked.`);
  });
  const axis = axisOf(attrs.axis, first.shape.length + 1);
  return [{ shape: first.shape.toSpliced(axis, 0, inputs.length), dtype: first.dtype }];
}

export function unpack(attrs: OpAttrs['UNPACK'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const axis = axisOf(attrs.axis, input.shape.length);
  if (input.shape[axis] !== attrs.num)
    refuse(`${named(input.shape)} cannot be taken apart into ${attrs.num} along axis ${axis}.`);
  if (attrs.num > mostParts) refuse(`${attrs.num} parts are more than any model has.`);
  const shape = input.shape.toSpliced(axis, 1);
  return Array.from({ length: attrs.num }, () => ({ shape, dtype: input.dtype }));
}

export function split(attrs: OpAttrs['SPLIT'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 1);
  const axis = axisOf(constantInt(inputs, 0), input.shape.length);
  const size = input.shape[axis]!;
  if (!Number.isInteger(attrs.numSplits) || attrs.numSplits < 1 || size % attrs.numSplits !== 0)
    refuse(`${named(input.shape)} cannot be split into ${attrs.numSplits} along axis ${axis}.`);
  if (attrs.numSplits > mostParts) refuse(`${attrs.numSplits} parts are more than any model has.`);
  const shape = input.shape.with(axis, size / attrs.numSplits);
  return Array.from({ length: attrs.numSplits }, () => ({ shape, dtype: input.dtype }));
}

export function splitV(attrs: OpAttrs['SPLIT_V'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const sizes = constantInts(inputs, 1);
  const axis = axisOf(constantInt(inputs, 2), input.shape.length);
  const known = sizes.filter((size) => size !== -1);
  const rest = input.shape[axis]! - known.reduce((total, size) => total + size, 0);
  const parts = sizes.map((size) => (size === -1 ? rest : size));
  const total = parts.reduce((sum, size) => sum + size, 0);
  if (
    sizes.length !== attrs.numSplits ||
    known.length < sizes.length - 1 ||
    total !== input.shape[axis] ||
    parts.some((size) => size < 0)
  )
    refuse(`${named(input.shape)} cannot be split into ${named(sizes)} along axis ${axis}.`);
  return parts.map((size) => ({ shape: input.shape.with(axis, size), dtype: input.dtype }));
}

export function tile(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const times = constantInts(inputs, 1);
  if (times.length !== input.shape.length)
    refuse(`${named(times)} does not say how often to repeat each axis of ${named(input.shape)}.`);
  return [{ shape: input.shape.map((size, axis) => size * times[axis]!), dtype: input.dtype }];
}

export function broadcastTo(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const shape = constantInts(inputs, 1);
  if (named(broadcast(input.shape, shape)) !== named(shape))
    refuse(`${named(input.shape)} cannot be broadcast to ${named(shape)}.`);
  return [{ shape, dtype: input.dtype }];
}

export function pad(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const pads = constantInts(inputs, 1);
  if (pads.length !== 2 * input.shape.length || pads.some((size) => size < 0))
    refuse(`the paddings ${named(pads)} do not fit a tensor of shape ${named(input.shape)}.`);
  const shape = input.shape.map((size, axis) => size + pads[2 * axis]! + pads[2 * axis + 1]!);
  return [{ shape, dtype: input.dtype }];
}

export function mirrorPad(attrs: OpAttrs['MIRROR_PAD'], inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const most = attrs.mode === 'REFLECT' ? 1 : 0;
  constantInts(inputs, 1).forEach((size, index) => {
    if (size > (input.shape[index >> 1] ?? 0) - most)
      refuse(`a mirror padding of ${size} is wider than the tensor ${named(input.shape)}.`);
  });
  return pad(attrs, inputs);
}

export function resize(_: unknown, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  wantRank(input, 4, 'the input');
  const size = constantInts(inputs, 1);
  if (size.length !== 2 || size.some((n) => n < 1))
    refuse(`the size to resize to must be two positive numbers, not ${named(size)}.`);
  return [{ shape: [input.shape[0]!, size[0]!, size[1]!, input.shape[3]!], dtype: input.dtype }];
}

export function spaceToDepth({ blockSize }: { blockSize: number }, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  wantRank(input, 4, 'the input');
  wantPositive(blockSize, 'the block size');
  const [n, h, w, c] = input.shape as [number, number, number, number];
  if (h % blockSize !== 0 || w % blockSize !== 0)
    refuse(`${named(input.shape)} cannot be cut into blocks of ${blockSize}.`);
  return [
    { shape: [n, h / blockSize, w / blockSize, c * blockSize * blockSize], dtype: input.dtype },
  ];
}

export function depthToSpace({ blockSize }: { blockSize: number }, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  wantRank(input, 4, 'the input');
  wantPositive(blockSize, 'the block size');
  const [n, h, w, c] = input.shape as [number, number, number, number];
  const area = blockSize * blockSize;
  if (c % area !== 0) refuse(`${c} channels cannot be spread over blocks of ${blockSize}.`);
  return [{ shape: [n, h * blockSize, w * blockSize, c / area], dtype: input.dtype }];
}

/** Inputs: tensor, block sizes [m], paddings [m, 2]. */
export function spaceToBatch(_: unknown, inputs: Operands): Inferred[] {
  const { input, blocks, edges } = batchBlocks(inputs);
  const shape = [...input.shape];
  blocks.forEach((block, k) => {
    const size = shape[k + 1]! + edges[2 * k]! + edges[2 * k + 1]!;
    if (size % block !== 0) refuse(`${size} padded elements cannot be cut into ${block}.`);
    shape[k + 1] = size / block;
  });
  shape[0] = shape[0]! * product(blocks);
  return [{ shape, dtype: input.dtype }];
}

/** Inputs: tensor, block sizes [m], crops [m, 2]. */
export function batchToSpace(_: unknown, inputs: Operands): Inferred[] {
  const { input, blocks, edges } = batchBlocks(inputs);
  const shape = [...input.shape];
  blocks.forEach((block, k) => {
    shape[k + 1] = shape[k + 1]! * block - edges[2 * k]! - edges[2 * k + 1]!;
  });
  shape[0] = shape[0]! / product(blocks);
  if (!Number.isInteger(shape[0]))
    refuse(`a batch of ${input.shape[0]} cannot be spread over blocks ${named(blocks)}.`);
  return [{ shape, dtype: input.dtype }];
}

function batchBlocks(inputs: Operands) {
  const input = operand(inputs, 0);
  const blocks = constantInts(inputs, 1);
  const edges = constantInts(inputs, 2);
  if (
    blocks.length + 1 > input.shape.length ||
    edges.length !== 2 * blocks.length ||
    blocks.some((block) => block < 1) ||
    edges.some((edge) => edge < 0)
  )
    refuse(`the blocks ${named(blocks)} and ${named(edges)} do not fit ${named(input.shape)}.`);
  return { input, blocks, edges };
}
