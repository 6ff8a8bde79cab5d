/**
 * AVERAGE_POOL_2D and MAX_POOL_2D, int8. Average: TFLite's builtin kernel
 * (optimized/integer_ops/pooling.h): int32 sum of the window inside the image, divided by its
 * size, ties away from zero, no requantization (input and output parameters are equal).
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { clamp, quantizedActivationRange, window } from '../../numerics';
import { affine, int8, isClamp, isInt8, xnnActivationRange } from './site';

const pool2d: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'AVERAGE_POOL_2D' && node.op !== 'MAX_POOL_2D') return undefined;
  const input = site.inputs[0];
  const output = site.outputs[0];
  const parameters = affine(output);
  const { attrs } = node;
  if (!isInt8(input) || !isInt8(output) || !parameters || !isClamp(attrs.activation)) {
    return undefined;
  }
  const average = node.op === 'AVERAGE_POOL_2D';
  const [batches, inH, inW, channels] = input.shape as [number, number, number, number];
  const rows = window(attrs.padding, inH, attrs.filterH, attrs.strideH);
  const columns = window(attrs.padding, inW, attrs.filterW, attrs.strideW);
  const { low, high } = average
    ? quantizedActivationRange(attrs.activation, parameters.scale, parameters.zeroPoint)
    : xnnActivationRange(attrs.activation, parameters);
  const values = new Int32Array(channels);

  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const y = int8(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++) {
      for (let oy = 0; oy < rows.output; oy++) {
        const top = oy * attrs.strideH - rows.before;
        const firstY = Math.max(0, top);
        const lastY = Math.min(inH, top + attrs.filterH);
        for (let ox = 0; ox < columns.output; ox++) {
          const left = ox * attrs.strideW - columns.before;
          const firstX = Math.max(0, left);
          const lastX = Math.min(inW, left + attrs.filterW);
          values.fill(average ? 0 : -128);
          for (let iy = firstY; iy < lastY; iy++) {
            let i = ((n * inH + iy) * inW + firstX) * channels;
            for (let ix = firstX; ix < lastX; ix++) {
              for (let c = 0; c < channels; c++, i++) {
                const value = x[i]!;
                if (average) values[c] = values[c]! + value;
                else if (value > values[c]!) values[c] = value;
              }
            }
          }
          const count = (lastY - firstY) * (lastX - firstX);
          const half = count >> 1;
          for (let c = 0; c < channels; c++) {
            let value = values[c]!;
            if (average) value = Math.trunc((value > 0 ? value + half : value - half) / count);
            y[at++] = clamp(value, low, high);
          }
        }
      }
    }
  };
};

export const poolKernels = {
  AVERAGE_POOL_2D: pool2d,
  MAX_POOL_2D: pool2d,
} satisfies KernelTable;
