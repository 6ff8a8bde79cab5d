/**
 * TRANSPOSE_CONV (inputs: output shape, weights OHWI, input, [bias]) and BATCH_MATMUL, int16: int64 sums, one
 * rounding shift. Source: TFLite reference/integer_ops/transpose_conv.h, reference/batch_matmul.h.
 */
import type { KernelFactory } from '../../engine';
import { broadcastIndex, broadcastPlan, transposeWindow } from '../../numerics';
import { int8 } from '../int/site';
import type { KernelTable } from '../table';
import { biasOf, stageOf } from './linear';
import { int16, least, most, scaleOf, wideStage } from './numerics';

const transposeConv: KernelFactory = (site) => {
  const { node } = site;
  const [, weights, input, bias] = site.inputs;
  const output = site.outputs[0];
  if (node.op !== 'TRANSPOSE_CONV' || weights?.dtype !== 'int8' || !output) return undefined;
  const { attrs } = node;
  const [outC, kH, kW] = weights.shape as [number, number, number, number];
  const stage = stageOf({ ...site, inputs: [input, weights, bias] }, outC, attrs.activation);
  if (!stage) return undefined;
  const [batches, inH, inW, inC] = input!.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  const top = transposeWindow(attrs.padding, inH, outH, kH, attrs.strideH).before;
  const left = transposeWindow(attrs.padding, inW, outW, kW, attrs.strideW).before;
  const sums = new Float64Array(outH * outW * outC);
  return (inputs, outputs) => {
    const w = int8(inputs[1]);
    const x = int16(inputs[2]);
    const b = biasOf(inputs[3]?.data, outC);
    const y = int16(outputs[0]);
    for (let n = 0; n < batches; n++) {
      for (let i = 0; i < sums.length; i++) sums[i] = b[i % outC]!;
      for (let iy = 0; iy < inH; iy++)
        for (let ix = 0; ix < inW; ix++) {
          const from = ((n * inH + iy) * inW + ix) * inC;
          for (let ky = 0; ky < kH; ky++) {
            const oy = iy * attrs.strideH + ky - top;
            if (oy < 0 || oy >= outH) continue;
            for (let kx = 0; kx < kW; kx++) {
              const ox = ix * attrs.strideW + kx - left;
              if (ox < 0 || ox >= outW) continue;
              const at = (oy * outW + ox) * outC;
              for (let oc = 0; oc < outC; oc++) {
                const k = ((oc * kH + ky) * kW + kx) * inC;
                let acc = sums[at + oc]!;
                for (let c = 0; c < inC; c++) acc += w[k + c]! * x[from + c]!;
                sums[at + oc] = acc;
              }
            }
          }
        }
      const start = n * sums.length;
      for (let i = 0; i < sums.length; i++) y[start + i] = stage(sums[i]!, i % outC);
    }
  };
};

const batchMatmul: KernelFactory = ({ node, inputs: [left, right], outputs: [output] }) => {
  const a = scaleOf(left);
  const b = scaleOf(right);
  const to = scaleOf(output);
  if (node.op !== 'BATCH_MATMUL' || a === undefined || b === undefined || to === undefined)
    return undefined;
  const { adjX, adjY } = node.attrs;
  const [leftRows, leftColumns] = left!.shape.slice(-2) as [number, number];
  const [rightRows, rightColumns] = right!.shape.slice(-2) as [number, number];
  const rows = adjX ? leftColumns : leftRows;
  const depth = adjX ? leftRows : leftColumns;
  const columns = adjY ? rightRows : rightColumns;
  if (depth !== (adjY ? rightColumns : rightRows)) return undefined;
  const plan = broadcastPlan([left!.shape.slice(0, -2), right!.shape.slice(0, -2)]);
  const leftBatch = broadcastIndex(plan.shape, plan.strides[0]!);
  const rightBatch = broadcastIndex(plan.shape, plan.strides[1]!);
  // kernel_util.cc GetQuantizedConvolutionMultipler: the product of the scales in float32.
  const stage = wideStage([Math.fround(a * b) / to], { low: least, high: most });
  const [leftRow, leftStep] = adjX ? [1, leftColumns] : [leftColumns, 1];
  const [rightColumn, rightStep] = adjY ? [rightColumns, 1] : [1, rightColumns];
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const z = int16(inputs[1]);
    const y = int16(outputs[0]);
    let at = 0;
    for (let batch = 0; batch < leftBatch.length; batch++) {
      const leftStart = leftBatch[batch]! * rows * depth;
      const rightStart = rightBatch[batch]! * depth * columns;
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) {
          let i = leftStart + row * leftRow;
          let k = rightStart + column * rightColumn;
          let acc = 0;
          for (let d = 0; d < depth; d++, i += leftStep, k += rightStep) acc += x[i]! * z[k]!;
          y[at++] = stage(acc, 0);
        }
    }
  };
};

export const matmulKernels = {
  BATCH_MATMUL: batchMatmul,
  TRANSPOSE_CONV: transposeConv,
} satisfies KernelTable;
