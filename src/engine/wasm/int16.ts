/**
 * Weights of layers with int16 activations as assembly/gemmInt16.ts reads them, and how their sums leave: as the
 * reference's stages compute (reference/int16), in the same doubles.
 */
import type { Value } from '../../model/graph';
import type { Activation } from '../../model/ops';
import { channelScales, isClamp } from '../reference/int/site';
import { biasOf } from '../reference/int16/linear';
import { exactSum, rangeOn, scaleOf, wideParts } from '../reference/int16/numerics';
import type { Range } from '../numerics';
import type { Build } from './build';

/** assembly/gemmInt16.ts GemmInt16.mode. */
export const modes = { wide: 0, float: 1, sums: 2 } as const;
export type Mode = (typeof modes)[keyof typeof modes];

export interface Layer16 {
  readonly weights: Int8Array;
  readonly bias: Float64Array;
  /** Real multipliers of the channels. */
  readonly ratios: readonly number[];
  readonly range: Range;
}

/** Weights and grids of a layer whose weights are constant; undefined: it is the reference's. */
export function layer16(
  build: Build,
  channels: number,
  activation: Activation,
): Layer16 | undefined {
  const [input, weights, bias] = build.inputs;
  const from = scaleOf(input);
  const to = scaleOf(build.outputs[0]);
  if (from === undefined || to === undefined || !isClamp(activation)) return undefined;
  if (!isInt8(weights) || weights.quant?.zeroPoint.some((zero) => zero !== 0)) return undefined;
  if (bias && (bias.dtype !== 'int64' || bias.data?.length !== channels)) return undefined;
  const scales = channelScales(weights, channels);
  if (!scales) return undefined;
  return {
    weights: weights.data,
    bias: biasOf(bias?.data, channels),
    ratios: Array.from(scales, (scale) => (from * scale) / to),
    range: rangeOn(activation, to),
  };
}

function isInt8(value: Value | undefined): value is Value & { readonly data: Int8Array } {
  return (value?.dtype === 'int8' || value?.dtype === 'int4') && value.data instanceof Int8Array;
}

/** Three doubles of a channel (assembly/gemmInt16.ts); undefined: doubles don't hold it exactly. */
function leaving(mode: Mode, ratio: number): readonly [number, number, number] | undefined {
  if (mode === modes.wide) {
    const { reduced, total } = wideParts(ratio);
    return total <= 52 ? [reduced, 2 ** (total - 1), 2 ** -total] : undefined;
  }
  return [mode === modes.float ? ratio : 0, 0, 0];
}

export interface Panels16 {
  readonly bytes: Uint8Array;
  readonly panelBytes: number;
  readonly words: number;
  /** Words after which a sum of 32 bits may be full. */
  readonly chunk: number;
}

/** Words of two int16 whose products surely fit 32 bits: 2 · 128 · 32768 each. */
const safeWords = 255;

/**
 * Panels of the channels first…, `order(channel)` being the taps of each word in turn: positions in the weights, −1
 * for none. undefined: sums may be beyond what doubles hold with the multiplier.
 */
export function pack16(
  layer: Layer16,
  mode: Mode,
  first: number,
  channels: number,
  order: (channel: number) => Int32Array,
): Panels16 | undefined {
  const words = order(first).length / 2;
  const panelBytes = 64 + words * 32 + 192;
  const bytes = new Uint8Array(Math.ceil(channels / 8) * panelBytes);
  const shorts = new Int16Array(bytes.buffer);
  const doubles = new Float64Array(bytes.buffer);
  let most = 0;
  for (let i = 0; i < channels; i++) {
    const channel = first + i;
    const panel = (i >> 3) * panelBytes;
    const lane = i & 7;
    const taps = order(channel);
    let magnitude = 0;
    taps.forEach((tap, position) => {
      if (tap < 0) return;
      const weight = layer.weights[tap]!;
      magnitude += Math.abs(weight);
      shorts[(panel >> 1) + 32 + (position >> 1) * 16 + lane * 2 + (position & 1)] = weight;
    });
    const parts = leaving(mode, layer.ratios[channel]!);
    const bias = layer.bias[channel]!;
    if (!parts || 32768 * magnitude + Math.abs(bias) >= exactSum) return undefined;
    most = Math.max(most, 32768 * magnitude);
    doubles[(panel >> 3) + lane] = bias;
    const stage = (panel + panelBytes - 192) >> 3;
    parts.forEach((part, k) => (doubles[stage + 8 * k + lane] = part));
  }
  return { bytes, panelBytes, words, chunk: most < 2 ** 31 ? 2 ** 30 : safeWords };
}

/** Bytes of scratch memory of a thread: the doubles of 4 rows of 8 channels. */
export const sumsBytes = 256;
