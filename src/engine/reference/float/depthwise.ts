/** DEPTHWISE_CONV_2D. Weights 1HW(C·multiplier). Source: TFLite reference/depthwiseconv_float.h. */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { window } from '../../numerics';
import { floats } from '../site';
import { clampOf, isFloat, shape4 } from './site';

const depthwiseConv2d: KernelFactory = (site) => {
  const { node } = site;
  const inputShape = shape4(site.inputs[0]?.shape ?? []);
  const filterShape = shape4(site.inputs[1]?.shape ?? []);
  const outputShape = shape4(site.outputs[0]!.shape);
  if (node.op !== 'DEPTHWISE_CONV_2D' || !isFloat(site)) return undefined;
  if (!inputShape || !filterShape || !outputShape) return undefined;
  const range = clampOf(node.attrs.activation);
  const [, height, width, channels] = inputShape;
  const [, filterH, filterW, outChannels] = filterShape;
  const [batch, outH, outW] = outputShape;
  const multiplier = outChannels / channels; // TFLite derives it so; the attribute is redundant
  if (!range || !Number.isInteger(multiplier)) return undefined;
  const { low, high } = range;
  const { padding, strideH, strideW, dilationH, dilationW } = node.attrs;
  const top = window(padding, height, filterH, strideH, dilationH).before;
  const left = window(padding, width, filterW, strideW, dilationW).before;
  const sums = new Float64Array(outChannels);

  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const weights = floats(inputs[1]);
    const bias = inputs[2] ? floats(inputs[2]) : undefined;
    const output = floats(outputs[0]);
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < outH; y++) {
        for (let x = 0; x < outW; x++) {
          if (bias) sums.set(bias);
          else sums.fill(0);
          for (let fy = 0; fy < filterH; fy++) {
            const inY = y * strideH - top + fy * dilationH;
            if (inY < 0 || inY >= height) continue;
            for (let fx = 0; fx < filterW; fx++) {
              const inX = x * strideW - left + fx * dilationW;
              if (inX < 0 || inX >= width) continue;
              const from = ((n * height + inY) * width + inX) * channels;
              const weightAt = (fy * filterW + fx) * outChannels;
              if (multiplier === 1) {
                for (let c = 0; c < channels; c++) {
                  sums[c] = sums[c]! + input[from + c]! * weights[weightAt + c]!;
                }
              } else {
                let o = 0;
                for (let c = 0; c < channels; c++) {
                  const value = input[from + c]!;
                  for (const end = o + multiplier; o < end; o++) {
                    sums[o] = sums[o]! + value * weights[weightAt + o]!;
                  }
                }
              }
            }
          }
          for (let o = 0; o < outChannels; o++) {
            const sum = sums[o]!;
            output[at++] = sum < low ? low : sum > high ? high : sum;
          }
        }
      }
    }
  };
};

export const depthwiseKernels = {
  DEPTHWISE_CONV_2D: depthwiseConv2d,
} satisfies KernelTable;
