/**
 * L2_NORMALIZATION and LOG_SOFTMAX, int8, over the last axis: TFLite's builtin kernels
 * (integer_ops/l2normalization.h; optimized_ops.h LogSoftmax<int8> in float32).
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { elementCount, type Value } from '../../../model/graph';
import {
  clamp,
  expf,
  inverseSqrt,
  logf,
  multiplyByQuantizedMultiplier,
  roundHalfEven,
} from '../../numerics';
import { affine, int8, isInt8 } from './site';

const f = Math.fround;

function rowsOf(value: Value): { readonly depth: number; readonly rows: number } {
  const depth = value.shape[value.shape.length - 1] ?? 1;
  return { depth, rows: depth === 0 ? 0 : elementCount(value.shape) / depth };
}

const l2Normalization: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  const from = affine(input);
  if (node.op !== 'L2_NORMALIZATION' || !isInt8(input) || !isInt8(output) || !from)
    return undefined;
  const { depth, rows } = rowsOf(input);
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const y = int8(outputs[0]);
    for (let row = 0; row < rows; row++) {
      const start = row * depth;
      const end = start + depth;
      let sum = 0;
      for (let i = start; i < end; i++) sum = (sum + (x[i]! - from.zeroPoint) ** 2) | 0;
      const { multiplier, shift } = inverseSqrt(sum);
      for (let i = start; i < end; i++) {
        const value = multiplyByQuantizedMultiplier(x[i]! - from.zeroPoint, multiplier, shift + 7);
        y[i] = clamp(value, -128, 127);
      }
    }
  };
};

const logSoftmax: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  const from = affine(input);
  const to = affine(output);
  if (node.op !== 'LOG_SOFTMAX' || !isInt8(input) || !isInt8(output) || !from || !to)
    return undefined;
  const { depth, rows } = rowsOf(input);
  const table = Float32Array.from({ length: 256 }, (_, d) => expf(f(-from.scale * d)));
  const scale = f(from.scale / to.scale);
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const y = int8(outputs[0]);
    for (let row = 0; row < rows; row++) {
      const start = row * depth;
      const end = start + depth;
      let largest = -128;
      for (let i = start; i < end; i++) if (x[i]! > largest) largest = x[i]!;
      let sum = 0;
      for (let i = start; i < end; i++) sum = f(sum + table[largest - x[i]!]!);
      const offset = f(f(f(from.scale * largest) + logf(sum)) / to.scale);
      for (let i = start; i < end; i++) {
        const value = f(f(scale * x[i]!) - offset);
        y[i] = clamp(roundHalfEven(value) + to.zeroPoint, -128, 127);
      }
    }
  };
};

export const normalizeKernels = {
  L2_NORMALIZATION: l2Normalization,
  LOG_SOFTMAX: logSoftmax,
} satisfies KernelTable;
