/** FULLY_CONNECTED and BATCH_MATMUL. Source: TFLite reference/fully_connected.h, batch_matmul.h. */
import { elementCount } from '../../../model/graph';
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { broadcastIndex, broadcastPlan } from '../../numerics';
import { floats } from '../site';
import { clampOf, isFloat } from './site';

/** Weights [out, in]; the input's elements are rows of `in`. */
const fullyConnected: KernelFactory = (site) => {
  const { node } = site;
  const shape = site.inputs[1]?.shape;
  if (node.op !== 'FULLY_CONNECTED' || !isFloat(site) || shape?.length !== 2) return undefined;
  const range = clampOf(node.attrs.activation);
  if (!range) return undefined;
  const { low, high } = range;
  const [units, depth] = shape as readonly [number, number];
  const rows = elementCount(site.outputs[0]!.shape) / units;
  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const weights = floats(inputs[1]);
    const bias = inputs[2] ? floats(inputs[2]) : undefined;
    const output = floats(outputs[0]);
    for (let row = 0; row < rows; row++) {
      const from = row * depth;
      for (let unit = 0; unit < units; unit += 2) {
        // Two units at a time; the second is left out at an odd end.
        const second = unit + 1 < units ? depth : 0;
        let a = 0;
        let b = 0;
        let w = unit * depth;
        for (let i = from; i < from + depth; i++, w++) {
          const x = input[i]!;
          a += x * weights[w]!;
          b += x * weights[w + second]!;
        }
        if (bias) a += bias[unit]!;
        output[row * units + unit] = a < low ? low : a > high ? high : a;
        if (second > 0) {
          if (bias) b += bias[unit + 1]!;
          output[row * units + unit + 1] = b < low ? low : b > high ? high : b;
        }
      }
    }
  };
};

/** [.., rows, depth] · [.., depth, columns], batches broadcast; adjX and adjY swap the last two axes. */
const batchMatmul: KernelFactory = (site) => {
  const { node } = site;
  const [left, right] = site.inputs;
  if (node.op !== 'BATCH_MATMUL' || !isFloat(site)) return undefined;
  if (!left || !right || left.shape.length < 2 || right.shape.length < 2) return undefined;
  const { adjX, adjY } = node.attrs;
  const [rows, depth] = lastTwo(left.shape, adjX);
  const [, columns] = lastTwo(right.shape, adjY);
  const plan = broadcastPlan([left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const leftBatch = broadcastIndex(plan.shape, plan.strides[0]!);
  const rightBatch = broadcastIndex(plan.shape, plan.strides[1]!);
  const sums = new Float64Array(columns);
  return (inputs, outputs) => {
    const a = floats(inputs[0]);
    const b = floats(inputs[1]);
    const output = floats(outputs[0]);
    let at = 0;
    for (let batch = 0; batch < leftBatch.length; batch++) {
      const aBase = leftBatch[batch]! * rows * depth;
      const bBase = rightBatch[batch]! * depth * columns;
      for (let row = 0; row < rows; row++) {
        sums.fill(0);
        for (let k = 0; k < depth; k++) {
          const x = a[aBase + (adjX ? k * rows + row : row * depth + k)]!;
          let from = bBase + (adjY ? k : k * columns);
          const step = adjY ? depth : 1;
          for (let column = 0; column < columns; column++, from += step) {
            sums[column] = sums[column]! + x * b[from]!;
          }
        }
        output.set(sums, at);
        at += columns;
      }
    }
  };
};

function lastTwo(shape: readonly number[], swapped: boolean): [number, number] {
  const [a, b] = shape.slice(-2) as [number, number];
  return swapped ? [b, a] : [a, b];
}

export const matmulKernels = {
  BATCH_MATMUL: batchMatmul,
  FULLY_CONNECTED: fullyConnected,
} satisfies KernelTable;
