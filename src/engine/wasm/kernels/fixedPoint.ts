/**
 * Fixed-point requantization of int32 sums (assembly/fixedPoint.ts) for linear layers that the runtime
 * doesn't give to XNNPACK. The reference's own stage finishes what the lanes of 32 bits can't hold.
 */
import { quantizedActivationRange, quantizeMultiplier } from '../../numerics';
import { outputStage, type LinearKernel } from '../../reference/int/convolution';
import { affine, channelScales, isClamp } from '../../reference/int/site';
import type { Activation } from '../../../model/ops';
import { addressOf, type Build } from '../build';
import type { Tensor } from '../../../model/graph';

type Rounded = Exclude<LinearKernel, 'xnnpack'>;

/**
 * Finishes `rows` rows of sums at `from` into the output, `first` elements from its start. The sites that
 * it doesn't do (no clamp, no scales): undefined.
 */
export type Finish = (output: Tensor, from: number, first: number, rows: number) => void;

/** Largest |sum| of each channel over all int8 inputs: |bias| + Σ |w| · 255. */
function reach(build: Build, channels: number): Float64Array {
  const weights = build.inputs[1]!;
  const data = weights.data as Int8Array;
  const bias = build.inputs[2]?.data as Int32Array | undefined;
  const most = Float64Array.from({ length: channels }, (_, at) => Math.abs(bias?.[at] ?? 0));
  const innermost = build.node.op === 'DEPTHWISE_CONV_2D';
  const size = data.length / channels;
  data.forEach((w, at) => {
    const channel = innermost ? at % channels : Math.floor(at / size);
    most[channel]! += Math.abs(w) * 255;
  });
  return most;
}

const ups = (kernel: Rounded, channel: number, channels: number): boolean => {
  switch (kernel) {
    case 'gemm':
    case 'ruy':
      return true;
    case 'blocks':
      return channel < channels - (channels % 8);
    case 'builtin':
      return false;
    default:
      return kernel satisfies never;
  }
};

/** Six words per channel, in blocks of 4; undefined where a lane could overflow. */
function panelsOf(
  scales: readonly number[],
  most: Float64Array,
  kernel: Rounded,
): Int32Array | undefined {
  const channels = scales.length;
  const words = new Int32Array(Math.ceil(channels / 4) * 24);
  for (let channel = 0; channel < channels; channel++) {
    const { multiplier, shift } = quantizeMultiplier(scales[channel]!);
    const left = Math.max(0, shift);
    const right = Math.max(0, -shift);
    const half = right > 0 ? 2 ** (right - 1) : 0;
    const shifted = most[channel]! * 2 ** left;
    const high = (shifted * multiplier) / 2 ** 31 + 1;
    if (multiplier < 0 || left > 30 || right > 30) return undefined;
    if (shifted >= 2 ** 31 || high + half >= 2 ** 31) return undefined;
    // ruy in WebAssembly rounds once: where a shift follows, the high product is cut.
    const cut = kernel === 'ruy' && right > 0;
    const away = right > 0 && !ups(kernel, channel, channels);
    [2 ** left, multiplier, cut ? 0 : 2 ** 30, half, away ? -1 : 0, 2 ** (30 - right)].forEach(
      (word, at) => (words[(channel >> 2) * 24 + at * 4 + (channel & 3)] = word),
    );
  }
  return words;
}

/** Of assembly/fixedPoint.ts finish4 for four equal channels, ties away from zero. `most`: of |x|. */
export const equalPanels = (scale: number, most: number): Int32Array | undefined =>
  panelsOf(new Array<number>(4).fill(scale), new Float64Array(4).fill(most), 'builtin');

/** For fixedPointUpI8, in blocks of 8; undefined where a channel has no shift to the right, or ties go away. */
function upPanelsOf(
  scales: readonly number[],
  most: Float64Array,
  kernel: Rounded,
): ArrayBuffer | undefined {
  const channels = scales.length;
  const buffer = new ArrayBuffer(Math.ceil(channels / 8) * 128);
  const ints = new Int32Array(buffer);
  const longs = new BigInt64Array(buffer);
  const floats = new Float32Array(buffer);
  for (let channel = 0; channel < channels; channel++) {
    const { multiplier, shift } = quantizeMultiplier(scales[channel]!);
    if (multiplier === 0) continue;
    const right = -shift;
    // What float32 can't hold must lie beyond the clamp.
    const held = right <= 16 || (most[channel]! * multiplier) / 2 ** 32 < 2 ** 24;
    if (right < 1 || !held || !ups(kernel, channel, channels)) return undefined;
    const [block, lane] = [channel >> 3, channel & 7];
    ints[block * 32 + lane] = multiplier;
    const first = kernel === 'ruy' ? 0n : 1n << 30n;
    longs[block * 16 + 4 + lane] = first + (1n << BigInt(30 + right));
    floats[block * 32 + 24 + lane] = 2 ** (1 - right);
  }
  return buffer;
}

/** How the sums of this layer become its int8 output; constant weights. */
export function fixedPointFinish(
  build: Build,
  channels: number,
  activation: Activation,
  kernel: Rounded,
): Finish | undefined {
  const from = affine(build.inputs[0]);
  const to = affine(build.outputs[0]);
  const weightScales = build.inputs[1] && channelScales(build.inputs[1], channels);
  if (!from || !to || !weightScales || !isClamp(activation)) return undefined;
  const scales = Array.from(weightScales, (scale) => (from.scale * scale) / to.scale);
  const { kernels } = build;
  const most = reach(build, channels);
  const up = upPanelsOf(scales, most, kernel);
  const panels = up ? new Uint8Array(up) : panelsOf(scales, most, kernel);
  if (!panels) return inScalars(build, channels, activation, kernel);
  const { low, high } = quantizedActivationRange(activation, to.scale, to.zeroPoint);
  const words = [channels, build.place(panels), to.zeroPoint, low, high];
  const block = build.place(Int32Array.from(words));
  const finish = up ? kernels.fixedPointUpI8 : kernels.fixedPointI8;
  return (output, at, first, rows) => {
    finish(block, at, addressOf(output) + first, rows);
  };
}

function inScalars(
  build: Build,
  channels: number,
  activation: Activation,
  kernel: Rounded,
): Finish | undefined {
  const made = outputStage(build, channels, activation, kernel);
  if (!made) return undefined;
  const { stage } = made;
  return (output, at, first, rows) => {
    const y = output.data as Int8Array;
    const sums = new Int32Array(y.buffer, at, rows * channels);
    for (let i = 0; i < sums.length; i++) y[first + i] = stage(sums[i]!, i % channels);
  };
}
