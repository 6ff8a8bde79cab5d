/** TRANSPOSE_CONV (shape, weights OHWI, input, bias). Source: TFLite reference/transpose_conv.h. */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { transposeWindow } from '../../numerics';
import { floats } from '../site';
import { areFloat, clampOf, shape4 } from './site';

const transposeConv: KernelFactory = (site) => {
  const { node } = site;
  const filterShape = shape4(site.inputs[1]?.shape ?? []);
  const inputShape = shape4(site.inputs[2]?.shape ?? []);
  const outputShape = shape4(site.outputs[0]!.shape);
  if (node.op !== 'TRANSPOSE_CONV' || !areFloat(site, [1, 2])) return undefined;
  const range = clampOf(node.attrs.activation);
  if (!inputShape || !filterShape || !outputShape || !range) return undefined;
  const { low, high } = range;
  const [batch, height, width, channels] = inputShape;
  const [, filterH, filterW] = filterShape;
  const [, outH, outW, outChannels] = outputShape;
  const { padding, strideH, strideW } = node.attrs;
  const top = transposeWindow(padding, height, outH, filterH, strideH).before;
  const left = transposeWindow(padding, width, outW, filterW, strideW).before;

  return (inputs, outputs) => {
    const weights = floats(inputs[1]);
    const input = floats(inputs[2]);
    const bias = inputs[3] ? floats(inputs[3]) : undefined;
    const output = floats(outputs[0]);
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < outH; y++) {
        for (let x = 0; x < outW; x++) {
          for (let o = 0; o < outChannels; o++) {
            let sum = bias ? bias[o]! : 0;
            // Taps whose input position is whole: fy ≡ y + top (mod stride).
            for (let fy = (y + top) % strideH; fy < filterH; fy += strideH) {
              const inY = (y + top - fy) / strideH;
              if (inY < 0 || inY >= height) continue;
              for (let fx = (x + left) % strideW; fx < filterW; fx += strideW) {
                const inX = (x + left - fx) / strideW;
                if (inX < 0 || inX >= width) continue;
                const from = ((n * height + inY) * width + inX) * channels;
                const weightAt = ((o * filterH + fy) * filterW + fx) * channels;
                for (let c = 0; c < channels; c++) sum += input[from + c]! * weights[weightAt + c]!;
              }
            }
            output[at++] = sum < low ? low : sum > high ? high : sum;
          }
        }
      }
    }
  };
};

export const transposeConvKernels = {
  TRANSPOSE_CONV: transposeConv,
} satisfies KernelTable;
