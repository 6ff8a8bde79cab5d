/**
 * SOFTMAX and LOG_SOFTMAX, int8, over the last axis: TFLite's builtin kernels.
 * Softmax (optimized_ops.h Softmax<int8>, table of PopulateSoftmaxLookupTable): float32 table of
 * exp(−scale·beta·d), float32 sum in order, float32 reciprocal, `std::round`.
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { elementCount } from '../../../model/graph';
import { clamp, expf, roundHalfAwayFromZero } from '../../numerics';
import { affine, int8, isInt8 } from './site';

const f = Math.fround;

const softmax: KernelFactory = (site) => {
  const { node } = site;
  const input = site.inputs[0];
  const output = site.outputs[0];
  const from = affine(input);
  const to = affine(output);
  if (node.op !== 'SOFTMAX' || !isInt8(input) || !isInt8(output) || !from || !to) return undefined;
  const depth = input.shape[input.shape.length - 1] ?? 1;
  const rows = depth === 0 ? 0 : elementCount(input.shape) / depth;
  const step = f(f(-from.scale) * f(node.attrs.beta));
  // table[d]: d = largest − element, 0…255
  const table = Float32Array.from({ length: 256 }, (_, d) => expf(f(step * d)));

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
      const inverse = f(1 / f(sum * to.scale));
      for (let i = start; i < end; i++) {
        const probability = f(table[largest - x[i]!]! * inverse);
        y[i] = clamp(roundHalfAwayFromZero(probability) + to.zeroPoint, -128, 127);
      }
    }
  };
};

export const softmaxKernels = {
  SOFTMAX: softmax,
} satisfies KernelTable;
