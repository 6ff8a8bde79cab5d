/**
 * RESIZE_BILINEAR, int16: TFLite's builtin kernel (reference/resize_bilinear.h ResizeBilinearInteger), 10-bit
 * fractions, half away from zero. Parameters are passed over: input and output share them.
 */
import type { KernelFactory } from '../../engine';
import { builtinBlend, integerAxis } from '../int/resize';
import type { KernelTable } from '../table';
import { int16, scaleOf } from './numerics';

const resizeBilinear: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  if (node.op !== 'RESIZE_BILINEAR' || scaleOf(input) === undefined) return undefined;
  if (scaleOf(output) === undefined) return undefined;
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [batches, inH, inW, channels] = input!.shape as [number, number, number, number];
  const [, outH, outW] = output!.shape as [number, number, number, number];
  const rows = integerAxis(inH, outH, alignCorners, halfPixelCenters);
  const columns = integerAxis(inW, outW, alignCorners, halfPixelCenters);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++)
      for (let oy = 0; oy < outH; oy++) {
        const top = (n * inH + rows.low[oy]!) * inW;
        const bottom = (n * inH + rows.high[oy]!) * inW;
        for (let ox = 0; ox < outW; ox++) {
          const left = columns.low[ox]!;
          const right = columns.high[ox]!;
          for (let c = 0; c < channels; c++)
            y[at++] = builtinBlend(
              x[(top + left) * channels + c]!,
              x[(top + right) * channels + c]!,
              x[(bottom + left) * channels + c]!,
              x[(bottom + right) * channels + c]!,
              columns.fraction[ox]!,
              rows.fraction[oy]!,
            );
        }
      }
  };
};

export const resizeKernels = {
  RESIZE_BILINEAR: resizeBilinear,
} satisfies KernelTable;
