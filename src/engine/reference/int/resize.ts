/**
 * RESIZE_BILINEAR, int8: XNNPACK s8-ibilinear. Positions and fractions in float32, fractions as
 * 11-bit integers (indirection.c xnn_indirection_init_resize_bilinear2d_hwc_q11), one rounding
 * shift by 22. Where the output's parameters differ from the input's the runtime takes TFLite's
 * builtin kernel, which ignores them (reference_ops ResizeBilinearInteger, 10-bit fractions).
 */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { roundHalfEven } from '../../numerics';
import { affine, int8, isInt8 } from './site';

const f = Math.fround;

export interface Axis {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** 0…2048 */
  readonly fraction: Int32Array;
}

export function axis(
  input: number,
  output: number,
  alignCorners: boolean,
  halfPixel: boolean,
): Axis {
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

/** Positions in 10-bit fixed point (resize_bilinear.h ComputeInterpolationValuesInteger). */
export function integerAxis(
  input: number,
  output: number,
  alignCorners: boolean,
  halfPixel: boolean,
): Axis {
  const adjust = alignCorners && output > 1 ? 1 : 0;
  const scale = Math.trunc(
    (1024 * (input - adjust) + Math.trunc((output - adjust) / 2)) / (output - adjust),
  );
  const low = new Int32Array(output);
  const high = new Int32Array(output);
  const fraction = new Int32Array(output);
  for (let o = 0; o < output; o++) {
    const at = halfPixel ? o * scale + Math.trunc(scale / 2) - 512 : o * scale;
    low[o] = Math.min(Math.max(Math.trunc(at / 1024), 0), input - 1);
    high[o] = Math.min(Math.trunc((at + 1023) / 1024), input - 1);
    fraction[o] = at - 1024 * low[o]!;
  }
  return { low, high, fraction };
}

/** Rounding of the last step: by shift (XNNPACK) or away from zero (builtin). */
type Blend = (
  topLeft: number,
  topRight: number,
  bottomLeft: number,
  bottomRight: number,
  horizontal: number,
  vertical: number,
) => number;

const xnnBlend: Blend = (topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical) => {
  const top = (topLeft << 11) + horizontal * (topRight - topLeft);
  const bottom = (bottomLeft << 11) + horizontal * (bottomRight - bottomLeft);
  return ((top << 11) + vertical * (bottom - top) + (1 << 21)) >> 22;
};

export const builtinBlend: Blend = (
  topLeft,
  topRight,
  bottomLeft,
  bottomRight,
  horizontal,
  vertical,
) => {
  const top = topLeft * (1024 - horizontal) + topRight * horizontal;
  const bottom = bottomLeft * (1024 - horizontal) + bottomRight * horizontal;
  const sum = top * (1024 - vertical) + bottom * vertical;
  return Math.trunc((sum + (sum > 0 ? 1 : -1) * 524288) / 1048576);
};

const resizeBilinear: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  if (node.op !== 'RESIZE_BILINEAR' || !isInt8(input) || !isInt8(output)) return undefined;
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [batches, inH, inW, channels] = input.shape as [number, number, number, number];
  const [, outH, outW] = output.shape as [number, number, number, number];
  const from = affine(input);
  const to = affine(output);
  const same = from?.scale === to?.scale && from?.zeroPoint === to?.zeroPoint;
  const blend = same ? xnnBlend : builtinBlend;
  const place = same ? axis : integerAxis;
  const rows = place(inH, outH, alignCorners, halfPixelCenters);
  const columns = place(inW, outW, alignCorners, halfPixelCenters);
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
            y[at++] = blend(
              x[topRow * channels + leftAt + c]!,
              x[topRow * channels + rightAt + c]!,
              x[bottomRow * channels + leftAt + c]!,
              x[bottomRow * channels + rightAt + c]!,
              alphaH,
              alphaV,
            );
          }
        }
      }
    }
  };
};

export const resizeKernels = {
  RESIZE_BILINEAR: resizeBilinear,
} satisfies KernelTable;
