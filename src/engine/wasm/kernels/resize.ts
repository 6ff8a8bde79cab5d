/** RESIZE_BILINEAR, int8 by XNNPACK's recipe and float32: assembly/resize.ts line by line. */
import { elementCount } from '../../../model/graph';
import { interpolation } from '../../reference/float/resize';
import { axis } from '../../reference/int/resize';
import { sameGrid } from '../../reference/site';
import { addressOf, type WasmFactory } from '../build';

/** Words of one column: byte offsets left and right, weight. */
const columnWords = 3;

export const resizeBilinear: WasmFactory = (build) => {
  const { node, kernels } = build;
  const [input] = build.inputs;
  const output = build.outputs[0]!;
  if (node.op !== 'RESIZE_BILINEAR' || input?.shape.length !== 4) return undefined;
  const isFloat = input.dtype === 'float32' && output.dtype === 'float32';
  // Other parameters at the output: TFLite's builtin recipe, which is the reference's to do.
  if (!isFloat && (input.dtype !== 'int8' || !input.quant || !sameGrid(input, output)))
    return undefined;
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [batches, inH, inW, channels] = input.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  if (elementCount(output.shape) !== batches * outH * outW * channels) return undefined;
  if (elementCount(input.shape) === 0 || elementCount(output.shape) === 0) return undefined;
  const pixel = channels * (isFloat ? 4 : 1);
  const lineBytes = inW * pixel;

  const words = new Int32Array(outW * columnWords);
  const floats = new Float32Array(words.buffer);
  let low: Int32Array;
  let high: Int32Array;
  let fraction: ArrayLike<number>;
  if (isFloat) {
    const rows = interpolation(inH, outH, alignCorners, halfPixelCenters);
    const columns = interpolation(inW, outW, alignCorners, halfPixelCenters);
    for (let x = 0; x < outW; x++) {
      words.set([columns.lower[x]! * pixel, columns.upper[x]! * pixel], x * columnWords);
      floats[x * columnWords + 2] = columns.part[x]!;
    }
    ({ lower: low, upper: high, part: fraction } = rows);
  } else {
    const columns = axis(inW, outW, alignCorners, halfPixelCenters);
    for (let x = 0; x < outW; x++) {
      const right = columns.fraction[x]!;
      const weights = (2048 - right) | (right << 16);
      words.set([columns.low[x]! * pixel, columns.high[x]! * pixel, weights], x * columnWords);
    }
    ({ low, high, fraction } = axis(inH, outH, alignCorners, halfPixelCenters));
  }
  const kernel = isFloat ? kernels.bilinearF32 : kernels.bilinearI8;
  const columns = build.place(words);
  const operand = build.operand(0);
  return (inputs, outputs) => {
    let image = operand(inputs);
    let to = addressOf(outputs[0]);
    for (let n = 0; n < batches; n++) {
      for (let y = 0; y < outH; y++) {
        const upper = image + low[y]! * lineBytes;
        const lower = image + high[y]! * lineBytes;
        kernel(upper, lower, to, outW, channels, columns, fraction[y]!);
        to += outW * pixel;
      }
      image += inH * lineBytes;
    }
  };
};
