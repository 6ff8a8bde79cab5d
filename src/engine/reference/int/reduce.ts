/**
 * MEAN, SUM, REDUCE_MAX, REDUCE_MIN, int8, over any axes.
 * MEAN over the spatial axes of a 4-D tensor: XNNPACK qs8 global average pooling (float32
 * requantization of Σ(x − zp), scale s_in / (s_out·count)). Others: TFLite's builtin kernels.
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import type { Value } from '../../../model/graph';
import { clamp, requantize, roundHalfAwayFromZero } from '../../numerics';
import { affine, int8, isInt8, type Affine } from './site';

const f = Math.fround;

/** Resolved, sorted, without repeats; undefined when the axes are not constant. */
export function axesOf(axes: Value | undefined, rank: number): number[] | undefined {
  if (!axes?.data) return undefined;
  const resolved = Array.from(axes.data as Int32Array, (axis) => (axis < 0 ? axis + rank : axis));
  return [...new Set(resolved)].sort((a, b) => a - b);
}

/** For every input element, the output element it falls into. */
export function outputOf(shape: readonly number[], axes: readonly number[]): Int32Array {
  const strides = new Array<number>(shape.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (axes.includes(axis)) continue;
    strides[axis] = step;
    step *= shape[axis]!;
  }
  const count = shape.reduce((a, b) => a * b, 1);
  const index = new Int32Array(count);
  const position = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    index[i] = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++position[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return index;
}

/** Σ → output grid. */
type Finish = (sum: number) => number;

function xnnMean(from: Affine, to: Affine, count: number): Finish {
  const scale = f(from.scale / f(to.scale * count));
  const bias = -from.zeroPoint * count;
  return (sum) => requantize(sum + bias, scale, to.zeroPoint, -128, 127);
}

/** reduce.cc: equal grids divide integers (toward zero), others QuantizedMeanOrSum in float32. */
function builtinMean(from: Affine, to: Affine, count: number): Finish {
  if (from.scale === to.scale && from.zeroPoint === to.zeroPoint) {
    return (sum) => Math.trunc(sum / count);
  }
  const scale = f(from.scale / to.scale);
  const bias = f(-from.zeroPoint * scale);
  return (sum) => {
    const mean = f(f(sum) / f(count));
    return clamp(roundHalfAwayFromZero(f(f(mean * scale) + bias)) + to.zeroPoint, -128, 127);
  };
}

/** reduce.cc: QuantizedMeanOrSum or, on equal grids, the plain sum; both wrap around in int8. */
function builtinSum(from: Affine, to: Affine, count: number): Finish {
  if (from.scale === to.scale && from.zeroPoint === to.zeroPoint) return (sum) => (sum << 24) >> 24;
  const scale = f(from.scale / to.scale);
  const bias = f(f(-from.zeroPoint * scale) * count);
  return (sum) => {
    const value = roundHalfAwayFromZero(f(f(sum * scale) + bias)) + to.zeroPoint;
    return (value << 24) >> 24;
  };
}

const reduce: KernelFactory = (site) => {
  const { node } = site;
  if (
    node.op !== 'MEAN' &&
    node.op !== 'SUM' &&
    node.op !== 'REDUCE_MAX' &&
    node.op !== 'REDUCE_MIN'
  ) {
    return undefined;
  }
  const [input, axisValue] = site.inputs;
  const output = site.outputs[0];
  const from = affine(input);
  const to = affine(output);
  if (!isInt8(input) || !isInt8(output) || !from || !to) return undefined;
  const axes = axesOf(axisValue, input.shape.length);
  if (!axes) return undefined;
  const target = outputOf(input.shape, axes);
  if (node.op === 'REDUCE_MAX' || node.op === 'REDUCE_MIN') {
    const sign = node.op === 'REDUCE_MAX' ? 1 : -1;
    return (inputs, outputs) => {
      const x = int8(inputs[0]);
      const y = int8(outputs[0]);
      y.fill(sign > 0 ? -128 : 127);
      for (let i = 0; i < x.length; i++) {
        if (sign * x[i]! > sign * y[target[i]!]!) y[target[i]!] = x[i]!;
      }
    };
  }
  const count = axes.reduce((product, axis) => product * input.shape[axis]!, 1);
  const spatial = input.shape.length === 4 && (axes.join() === '1,2' || axes.join() === '2');
  const finish =
    node.op === 'SUM'
      ? builtinSum(from, to, count)
      : spatial
        ? xnnMean(from, to, count)
        : builtinMean(from, to, count);
  let sums = new Int32Array(0);
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const y = int8(outputs[0]);
    if (sums.length === y.length) sums.fill(0);
    else sums = new Int32Array(y.length);
    for (let i = 0; i < x.length; i++) sums[target[i]!] = sums[target[i]!]! + x[i]!;
    for (let i = 0; i < y.length; i++) y[i] = finish(sums[i]!);
  };
};

export const reduceKernels = {
  MEAN: reduce,
  REDUCE_MAX: reduce,
  REDUCE_MIN: reduce,
  SUM: reduce,
} satisfies KernelTable;
