/**
 * RESIZE_BILINEAR, int8: XNNPACK s8-ibilinear. Positions and fractions in float32, fractions as
 * 11-bit integers (indirection.c xnn_indirection_init_resize_bilinear2d_hwc_q11), one rounding
 * shift by 22. Input and output share parameters.
 */
import type { KernelFactory } from '../../engine';
import { roundHalfEven } from '../../numerics';
import { int8, isInt8 } from './site';

const f = Math.fround;

interface Axis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** 0…2048 */
  readonly fraction: Int32Array;
}

function axis(input: number, output: number, alignCorners: boolean, halfPixel: boolean): Axis {
  const adjust = alignCorners && output !== 1 ? 1 : 0;
  const scale = f(f(input - adjust) / f(output - adjust));
  const offset = f(f(scale * 0.5) - 0.5);
  const low = new Int32Array(output);
  const high = new Int32Array(output);
  const fraction = new Int32Array(output);
  for (let o = 0; o < output; o++) {
    let at = f(f(o) * scale);
    if (halfPixel && !alignCorners) {
      at = Math.min(Math.max(f(at + offset), 0), input - 1);
    }
    const whole = Math.floor(at);
    low[o] = whole;
    high[o] = Math.min(whole + 1, input - 1);
    fraction[o] = roundHalfEven(f(f(at - whole) * 2048));
  }
  return { low, high, fraction };
}

export const resizeBilinear: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  if (node.op !== 'RESIZE_BILINEAR' || !isInt8(input) || !isInt8(output)) return undefined;
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [batches, inH, inW, channels] = input.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  const rows = axis(inH, outH, alignCorners, halfPixelCenters);
  const columns = axis(inW, outW, alignCorners, halfPixelCenters);
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const y = int8(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++) {
      for (let oy = 0; oy < outH; oy++) {
        const topRow = (n * inH + rows.low[oy]!) * inW;
        const bottomRow = (n * inH + rows.high[oy]!) * inW;
        const alphaV = rows.fraction[oy]!;
        for (let ox = 0; ox < outW; ox++) {
          const leftAt = columns.low[ox]! * channels;
          const rightAt = columns.high[ox]! * channels;
          const alphaH = columns.fraction[ox]!;
          for (let c = 0; c < channels; c++) {
            const topLeft = x[topRow * channels + leftAt + c]!;
            const topRight = x[topRow * channels + rightAt + c]!;
            const bottomLeft = x[bottomRow * channels + leftAt + c]!;
            const bottomRight = x[bottomRow * channels + rightAt + c]!;
            const top = (topLeft << 11) + alphaH * (topRight - topLeft);
            const bottom = (bottomLeft << 11) + alphaH * (bottomRight - bottomLeft);
            y[at++] = ((top << 11) + alphaV * (bottom - top) + (1 << 21)) >> 22;
          }
        }
      }
    }
  };
};
