/** Shapes of reductions. */
import type { DType } from '../graph';
import type { Inferred, Operands } from './checks';
import { elementCount } from '../graph';
import { axisOf, constantInt, constantInts, named, operand, refuse } from './checks';

/** Inputs: tensor, axes. No axes leaves the shape as it is (TFLite reduce.cc). */
export function reduce(attrs: { readonly keepDims: boolean }, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const rank = input.shape.length;
  const axes = new Set(rank === 0 ? [] : constantInts(inputs, 1).map((axis) => axisOf(axis, rank)));
  const shape = attrs.keepDims
    ? input.shape.map((size, axis) => (axes.has(axis) ? 1 : size))
    : input.shape.filter((_, axis) => !axes.has(axis));
  return [{ shape, dtype: input.dtype }];
}

/** The same of MEAN, largest and smallest, which nothing has. */
export function reduceSome(attrs: { readonly keepDims: boolean }, inputs: Operands): Inferred[] {
  const [made] = reduce(attrs, inputs) as [Inferred];
  requireSome(operand(inputs, 0).shape, made.shape);
  return [made];
}

function requireSome(from: readonly number[], to: readonly number[]): void {
  if (elementCount(from) === 0 && elementCount(to) > 0)
    refuse(`a tensor of shape ${named(from)} has no elements to choose from or to average.`);
}

export function argReduce(attrs: { readonly outputType: DType }, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const axis = axisOf(constantInt(inputs, 1), input.shape.length);
  const shape = input.shape.filter((_, index) => index !== axis);
  requireSome(input.shape, shape);
  return [{ shape, dtype: attrs.outputType }];
}
