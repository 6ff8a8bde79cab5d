/**
 * BATCH_MATMUL, int8: TFLite's builtin kernel (reference/batch_matmul.h), fixed-point requantization.
 * Batch dimensions broadcast.
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import {
  broadcastIndex,
  broadcastPlan,
  fixedPointRequantizer,
  quantizedActivationRange,
} from '../../numerics';
import { affine, int8, isInt8 } from './site';

const batchMatmul: KernelFactory = ({ node, inputs: [left, right], outputs: [output] }) => {
  const a = affine(left);
  const b = affine(right);
  const to = affine(output);
  if (node.op !== 'BATCH_MATMUL' || !isInt8(left) || !isInt8(right) || !isInt8(output)) {
    return undefined;
  }
  if (!a || !b || !to) return undefined;
  const { adjX, adjY } = node.attrs;
  const [leftRows, leftColumns] = left.shape.slice(-2) as [number, number];
  const [rightRows, rightColumns] = right.shape.slice(-2) as [number, number];
  const rows = adjX ? leftColumns : leftRows;
  const depth = adjX ? leftRows : leftColumns;
  const columns = adjY ? rightRows : rightColumns;
  if (depth !== (adjY ? rightColumns : rightRows)) return undefined;
  const plan = broadcastPlan([left.shape.slice(0, -2), right.shape.slice(0, -2)]);
  const leftBatch = broadcastIndex(plan.shape, plan.strides[0]!);
  const rightBatch = broadcastIndex(plan.shape, plan.strides[1]!);
  const stage = fixedPointRequantizer(
    [(a.scale * b.scale) / to.scale],
    to.zeroPoint,
    quantizedActivationRange('NONE', to.scale, to.zeroPoint),
    'once',
  );
  const [leftRow, leftStep] = adjX ? [1, leftColumns] : [leftColumns, 1];
  const [rightColumn, rightStep] = adjY ? [rightColumns, 1] : [1, rightColumns];
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const z = int8(inputs[1]);
    const y = int8(outputs[0]);
    let at = 0;
    for (let batch = 0; batch < leftBatch.length; batch++) {
      const leftStart = leftBatch[batch]! * rows * depth;
      const rightStart = rightBatch[batch]! * depth * columns;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let i = leftStart + row * leftRow;
          let k = rightStart + column * rightColumn;
          let acc = 0;
          for (let d = 0; d < depth; d++, i += leftStep, k += rightStep) {
            acc = (acc + (x[i]! - a.zeroPoint) * (z[k]! - b.zeroPoint)) | 0;
          }
          y[at++] = stage(acc, 0);
        }
      }
    }
  };
};

export const batchMatmulKernels = {
  BATCH_MATMUL: batchMatmul,
} satisfies KernelTable;
