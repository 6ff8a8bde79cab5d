/**
 * BATCH_MATMUL, float32 by int8 (dynamic range): every row of the left on its own grid, as in
 * FULLY_CONNECTED. Source: TFLite batch_matmul.cc EvalHybrid.
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { broadcastIndex, broadcastPlan } from '../../numerics';
import { quantizeRowAsymmetric, quantizeRowSymmetric } from './dynamicRange';
import { affine, int8 } from './site';

const f = Math.fround;

const hybridBatchMatmul: KernelFactory = ({ node, inputs: [left, right] }) => {
  const weights = affine(right);
  if (node.op !== 'BATCH_MATMUL' || left?.dtype !== 'float32' || right?.dtype !== 'int8') {
    return undefined;
  }
  const { adjX, adjY, asymmetricQuantizeInputs } = node.attrs;
  if (!weights || adjX) return undefined;
  const [rows, depth] = left.shape.slice(-2) as [number, number];
  const [rightRows, rightColumns] = right.shape.slice(-2) as [number, number];
  const columns = adjY ? rightRows : rightColumns;
  if (depth !== (adjY ? rightColumns : rightRows)) return undefined;
  const plan = broadcastPlan([left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const leftBatch = broadcastIndex(plan.shape, plan.strides[0]!);
  const rightBatch = broadcastIndex(plan.shape, plan.strides[1]!);
  const quantizeRow = asymmetricQuantizeInputs ? quantizeRowAsymmetric : quantizeRowSymmetric;
  const quantized = new Int8Array(depth);
  const [columnStride, step] = adjY ? [depth, 1] : [1, columns];
  return (inputs, outputs) => {
    const x = inputs[0]!.data as Float32Array;
    const w = int8(inputs[1]);
    const y = outputs[0]!.data as Float32Array;
    let at = 0;
    for (let batch = 0; batch < leftBatch.length; batch++) {
      const rightStart = rightBatch[batch]! * depth * columns;
      for (let row = 0; row < rows; row++) {
        const start = (leftBatch[batch]! * rows + row) * depth;
        const grid = quantizeRow(x, start, start + depth, quantized);
        const scale = f(grid.scale * weights.scale);
        for (let column = 0; column < columns; column++) {
          let acc = 0;
          let k = rightStart + column * columnStride;
          for (let d = 0; d < depth; d++, k += step) {
            acc += w[k]! * (quantized[d]! - grid.zeroPoint);
          }
          y[at++] = f(f(acc) * scale);
        }
      }
    }
  };
};

export const hybridBatchMatmulKernels = {
  BATCH_MATMUL: hybridBatchMatmul,
} satisfies KernelTable;
