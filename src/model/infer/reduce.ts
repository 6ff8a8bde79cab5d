/** Shapes of reductions. */
import type { DType } from '../graph';
import type { Inferred, Operands } from './checks';
import { axisOf, constantInt, constantInts, operand } from './checks';

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

export function argReduce(attrs: { readonly outputType: DType }, inputs: Operands): Inferred[] {
  const input = operand(inputs, 0);
  const axis = axisOf(constantInt(inputs, 1), input.shape.length);
  return [{ shape: input.shape.filter((_, index) => index !== axis), dtype: attrs.outputType }];
}
