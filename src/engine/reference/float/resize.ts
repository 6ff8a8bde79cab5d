/** RESIZE_BILINEAR. Source: TFLite reference/resize_bilinear.h (ComputeInterpolationValues, float32). */
import type { KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { floats } from '../site';
import { areFloat, shape4 } from './site';

const f = Math.fround;

export interface Interpolation {
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** Weight of `upper`. */
  readonly part: Float32Array;
}

export function interpolation(
  input: number,
  output: number,
  alignCorners: boolean,
  halfPixelCenters: boolean,
): Interpolation {
  const scale = f(alignCorners && output > 1 ? (input - 1) / (output - 1) : input / output);
  const lower = new Int32Array(output);
  const upper = new Int32Array(output);
  const part = new Float32Array(output);
  for (let at = 0; at < output; at++) {
    const from = halfPixelCenters ? f(f(f(at + 0.5) * scale) - 0.5) : f(at * scale);
    lower[at] = Math.max(Math.floor(from), 0);
    upper[at] = Math.min(Math.ceil(from), input - 1);
    part[at] = from - lower[at]!;
  }
  return { lower, upper, part };
}

const resizeBilinear: KernelFactory = (site) => {
  const { node } = site;
  const inputShape = shape4(site.inputs[0]?.shape ?? []);
  const outputShape = shape4(site.outputs[0]!.shape);
  if (node.op !== 'RESIZE_BILINEAR' || !areFloat(site, [0])) return undefined;
  if (!inputShape || !outputShape) return undefined;
  const { alignCorners, halfPixelCenters } = node.attrs;
  const [batch, height, width, channels] = inputShape;
  const [, outH, outW] = outputShape;
  const rows = interpolation(height, outH, alignCorners, halfPixelCenters);
  const columns = interpolation(width, outW, alignCorners, halfPixelCenters);
  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const output = floats(outputs[0]);
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < outH; y++) {
        const dy = rows.part[y]!;
        const row0 = (n * height + rows.lower[y]!) * width;
        const row1 = (n * height + rows.upper[y]!) * width;
        for (let x = 0; x < outW; x++) {
          const dx = columns.part[x]!;
          const a = (row0 + columns.lower[x]!) * channels;
          const b = (row0 + columns.upper[x]!) * channels;
          const c = (row1 + columns.lower[x]!) * channels;
          const d = (row1 + columns.upper[x]!) * channels;
          for (let k = 0; k < channels; k++) {
            output[at++] =
              input[a + k]! * (1 - dy) * (1 - dx) +
              input[c + k]! * dy * (1 - dx) +
              input[b + k]! * (1 - dy) * dx +
              input[d + k]! * dy * dx;
          }
        }
      }
    }
  };
};

export const resizeKernels = {
  RESIZE_BILINEAR: resizeBilinear,
} satisfies KernelTable;
