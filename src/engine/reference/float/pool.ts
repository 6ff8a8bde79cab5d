/** Pools over NHWC windows; padding is not counted. Source: TFLite reference/pooling.h. */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { window } from '../../numerics';
import { floats } from '../site';
import { clampOf, isFloat, shape4 } from './site';

const pool2d: KernelFactory = (site) => {
  const { node } = site;
  const inputShape = shape4(site.inputs[0]?.shape ?? []);
  const outputShape = shape4(site.outputs[0]!.shape);
  const { op } = node;
  if (op !== 'AVERAGE_POOL_2D' && op !== 'MAX_POOL_2D' && op !== 'L2_POOL_2D') return undefined;
  const range = clampOf(node.attrs.activation);
  if (!isFloat(site) || !inputShape || !outputShape || !range) return undefined;
  const { low, high } = range;
  const [, height, width, channels] = inputShape;
  const [batch, outH, outW] = outputShape;
  const { padding, strideH, strideW, filterH, filterW } = node.attrs;
  const top = window(padding, height, filterH, strideH).before;
  const left = window(padding, width, filterW, strideW).before;
  const values = new Float64Array(channels);

  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const output = floats(outputs[0]);
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < outH; y++) {
        const yFirst = Math.max(0, y * strideH - top);
        const yEnd = Math.min(height, y * strideH - top + filterH);
        for (let x = 0; x < outW; x++) {
          const xFirst = Math.max(0, x * strideW - left);
          const xEnd = Math.min(width, x * strideW - left + filterW);
          values.fill(op === 'MAX_POOL_2D' ? -Infinity : 0);
          for (let inY = yFirst; inY < yEnd; inY++) {
            for (let inX = xFirst; inX < xEnd; inX++) {
              const from = ((n * height + inY) * width + inX) * channels;
              if (op === 'MAX_POOL_2D') {
                for (let c = 0; c < channels; c++) {
                  if (input[from + c]! > values[c]!) values[c] = input[from + c]!;
                }
              } else if (op === 'AVERAGE_POOL_2D') {
                for (let c = 0; c < channels; c++) values[c] = values[c]! + input[from + c]!;
              } else {
                for (let c = 0; c < channels; c++) {
                  values[c] = values[c]! + input[from + c]! * input[from + c]!;
                }
              }
            }
          }
          const count = (yEnd - yFirst) * (xEnd - xFirst);
          for (let c = 0; c < channels; c++) {
            let value = values[c]!;
            if (op === 'AVERAGE_POOL_2D') value /= count;
            else if (op === 'L2_POOL_2D') value = Math.sqrt(value / count);
            output[at++] = value < low ? low : value > high ? high : value;
          }
        }
      }
    }
  };
};

export const poolKernels = {
  AVERAGE_POOL_2D: pool2d,
  L2_POOL_2D: pool2d,
  MAX_POOL_2D: pool2d,
} satisfies KernelTable;
