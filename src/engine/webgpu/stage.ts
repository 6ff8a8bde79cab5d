/**
 * Output stages: int32 sum of a channel → output grid, as data for shaders/requantize.ts. The numbers are
 * those of engine/reference/int (outputStage, floatRequantizer, fixedPointRequantizer).
 */
import type { Activation } from '../../model/ops';
import type { KernelSite } from '../engine';
import { quantizedActivationRange, quantizeMultiplier, requantizationScale } from '../numerics';
import type { LinearKernel } from '../reference/int/convolution';
import { affine, channelScales, isClamp, xnnActivationRange } from '../reference/int/site';

/**
 * How a sum is multiplied. `float`: by a float32 scale in WGSL's floats; `exact`: the same in integers, for
 * adapters whose floats round otherwise; `once`: multiplier and shift, one rounding, half up; `twice`: two
 * roundings, the second half up, or away from zero where the channel says so.
 */
export type StageMode = 'float' | 'exact' | 'once' | 'twice';

export interface Stage {
  readonly mode: StageMode;
  readonly zeroPoint: number;
  /** Clamp, zero point included. */
  readonly low: number;
  readonly high: number;
  /**
   * Per channel, without the bias: `float`: bits of the scale; `exact`: mantissa and exponent;
   * `once`, `twice`: multiplier, shift, 1 where the second rounding is away from zero.
   */
  readonly numbers: readonly (readonly [number, number, number])[];
}

const word = new DataView(new ArrayBuffer(4));

export function floatBits(value: number): number {
  word.setFloat32(0, value);
  return word.getInt32(0);
}

/** scale = mantissa · 2^exponent, mantissa below 2^24. */
function mantissaOf(scale: number): readonly [number, number] {
  const bits = floatBits(scale);
  const exponent = (bits >>> 23) & 255;
  const fraction = bits & 0x7fffff;
  return exponent === 0 ? [fraction, -149] : [fraction | 0x800000, exponent - 150];
}

/** XNNPACK's: float32 scales. */
export function floatStage(
  scales: readonly number[],
  zeroPoint: number,
  range: { readonly low: number; readonly high: number },
  mode: 'float' | 'exact',
): Stage {
  const numbers = scales.map((scale): readonly [number, number, number] =>
    mode === 'float' ? [floatBits(scale), 0, 0] : [...mantissaOf(scale), 0],
  );
  return { mode, zeroPoint, ...range, numbers };
}

const awayFrom = {
  once: () => 0,
  'twice-up': () => 0,
  twice: () => 1,
  blocks: (channel: number, channels: number) => (channel < channels - (channels % 8) ? 0 : 1),
} as const;

const roundings = { ruy: 'once', gemm: 'twice-up', blocks: 'blocks', builtin: 'twice' } as const;

/** Stage of a linear layer of `channels` outputs; undefined where the reference has none either. */
export function linearStage(
  site: KernelSite,
  channels: number,
  activation: Activation,
  kernel: LinearKernel,
  floats: 'float' | 'exact',
): (Stage & { readonly inputZero: number }) | undefined {
  const [input, weights] = site.inputs;
  const from = affine(input);
  const to = affine(site.outputs[0]);
  const scales = weights && channelScales(weights, channels);
  if (!from || !to || !scales || !isClamp(activation)) return undefined;
  const { zeroPoint } = to;
  const inputZero = from.zeroPoint;
  if (kernel === 'xnnpack') {
    const range = xnnActivationRange(activation, to);
    const own = Array.from(scales, (scale) => requantizationScale(from.scale, scale, to.scale));
    return { ...floatStage(own, zeroPoint, range, floats), inputZero };
  }
  const rounding = roundings[kernel];
  const numbers = Array.from(scales, (scale, channel): readonly [number, number, number] => {
    const { multiplier, shift } = quantizeMultiplier((from.scale * scale) / to.scale);
    return [multiplier, shift, awayFrom[rounding](channel, channels)];
  });
  const range = quantizedActivationRange(activation, to.scale, zeroPoint);
  return { mode: rounding === 'once' ? 'once' : 'twice', zeroPoint, ...range, numbers, inputZero };
}

/** vec4<i32> per channel: bias and the stage's numbers; padded to whole words of four channels. */
export function stageTable({ numbers }: Stage, biases: ArrayLike<number>): Int32Array<ArrayBuffer> {
  const padded = Math.ceil(numbers.length / 4) * 4;
  const table = new Int32Array(4 * padded);
  numbers.forEach((own, channel) => {
    table[4 * channel] = biases[channel] ?? 0;
    table.set(own, 4 * channel + 1);
  });
  return table;
}
