/**
 * CONV_2D. Input NHWC, weights OHWI, bias [O]. Source: TFLite reference/conv.h; groups where the
 * input has k times the filter's channels. Sums are float64, rounded once.
 *
 * Weights are packed in blocks of four output channels, and two neighbouring pixels go through a
 * block together: eight sums per six loads, without an im2col copy.
 */
import type { TensorData } from '../../../model/graph';
import type { KernelFactory, KernelSite } from '../../engine';
import type { KernelTable } from '../table';
import { window, type Range } from '../../numerics';
import { floats } from '../site';
import { clampOf, isFloat, shape4 } from './site';

const lanes = 4;

/** What of a filter falls on the input at one pixel; steps in elements of input and packed weights. */
interface Reach {
  rows: number;
  rowStep: number;
  /** Stretches of `run` neighbouring input elements per row. */
  taps: number;
  tapStep: number;
  run: number;
  /** From the end of one row's weights to the next row's first. */
  gap: number;
}

/** Weights as [block of four channels][tap][4], zero in the missing channels. */
function pack(weights: Float32Array, groups: number, channels: number, filterSize: number) {
  const perGroup = channels / groups;
  const blocks = Math.ceil(perGroup / lanes);
  const packed = new Float32Array(groups * blocks * filterSize * lanes);
  for (let o = 0; o < channels; o++) {
    const inGroup = o % perGroup;
    const block = Math.floor(o / perGroup) * blocks + Math.floor(inGroup / lanes);
    let at = block * filterSize * lanes + (inGroup % lanes);
    for (let k = 0; k < filterSize; k++, at += lanes) packed[at] = weights[o * filterSize + k]!;
  }
  return packed;
}

/** sums[0..3] = the four channels of a block at one pixel. */
function onePixel(
  input: Float32Array,
  at: number,
  packed: Float32Array,
  weightAt: number,
  { rows, rowStep, taps, tapStep, run, gap }: Reach,
  sums: Float64Array,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let w = weightAt;
  for (let row = 0; row < rows; row++, w += gap) {
    for (let tap = 0; tap < taps; tap++) {
      const start = at + row * rowStep + tap * tapStep;
      for (let i = start; i < start + run; i++, w += lanes) {
        const x = input[i]!;
        s0 += x * packed[w]!;
        s1 += x * packed[w + 1]!;
        s2 += x * packed[w + 2]!;
        s3 += x * packed[w + 3]!;
      }
    }
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}

/** The same at two pixels that are `next` elements apart; the second's sums are sums[4..7]. */
function twoPixels(
  input: Float32Array,
  at: number,
  next: number,
  packed: Float32Array,
  weightAt: number,
  { rows, rowStep, taps, tapStep, run, gap }: Reach,
  sums: Float64Array,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let s4 = 0;
  let s5 = 0;
  let s6 = 0;
  let s7 = 0;
  let w = weightAt;
  for (let row = 0; row < rows; row++, w += gap) {
    for (let tap = 0; tap < taps; tap++) {
      const start = at + row * rowStep + tap * tapStep;
      for (let i = start; i < start + run; i++, w += lanes) {
        const x = input[i]!;
        const y = input[i + next]!;
        const w0 = packed[w]!;
        const w1 = packed[w + 1]!;
        const w2 = packed[w + 2]!;
        const w3 = packed[w + 3]!;
        s0 += x * w0;
        s1 += x * w1;
        s2 += x * w2;
        s3 += x * w3;
        s4 += y * w0;
        s5 += y * w1;
        s6 += y * w2;
        s7 += y * w3;
      }
    }
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = s4;
  sums[5] = s5;
  sums[6] = s6;
  sums[7] = s7;
}

/** Sizes of a convolution, known before its first run. */
interface Plan extends Range {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outH: number;
  readonly outW: number;
  readonly outChannels: number;
  readonly filterH: number;
  readonly filterW: number;
  readonly filterC: number;
  readonly groups: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  /** Padding before the first row and column. */
  readonly top: number;
  readonly left: number;
}

function planOf(site: KernelSite): Plan | undefined {
  const { node } = site;
  const inputShape = shape4(site.inputs[0]?.shape ?? []);
  const filterShape = shape4(site.inputs[1]?.shape ?? []);
  const outputShape = shape4(site.outputs[0]!.shape);
  if (node.op !== 'CONV_2D' || !isFloat(site) || !inputShape || !filterShape || !outputShape) {
    return undefined;
  }
  const range = clampOf(node.attrs.activation);
  const [, height, width, channels] = inputShape;
  const [outChannels, filterH, filterW, filterC] = filterShape;
  const [batch, outH, outW] = outputShape;
  const groups = channels / filterC;
  if (!range || outChannels % groups !== 0 || !Number.isInteger(groups)) return undefined;
  const { padding, strideH, strideW, dilationH, dilationW } = node.attrs;
  return {
    ...range,
    ...{ batch, height, width, channels, outH, outW, outChannels },
    ...{ filterH, filterW, filterC, groups, strideH, strideW, dilationH, dilationW },
    top: window(padding, height, filterH, strideH, dilationH).before,
    left: window(padding, width, filterW, strideW, dilationW).before,
  };
}

const conv2d: KernelFactory = (site) => {
  const plan = planOf(site);
  if (!plan) return undefined;
  const { batch, height, width, channels, outH, outW, outChannels, low, high } = plan;
  const { filterH, filterW, filterC, groups, strideH, strideW, dilationH, dilationW } = plan;
  const perGroup = outChannels / groups;
  const filterSize = filterH * filterW * filterC;
  // With one group and no dilation the taps of a filter row lie one after the other in the input.
  const joined = groups === 1 && dilationW === 1;
  const next = strideW * channels;
  const sums = new Float64Array(2 * lanes);
  const reach: Reach = {
    rows: 0,
    rowStep: dilationH * width * channels,
    taps: 0,
    tapStep: joined ? 0 : dilationW * channels,
    run: 0,
    gap: 0,
  };
  const constant: TensorData | undefined = site.inputs[1]!.data;
  const packedOnce = constant && pack(constant as Float32Array, groups, outChannels, filterSize);

  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const packed = packedOnce ?? pack(floats(inputs[1]), groups, outChannels, filterSize);
    const bias = inputs[2] ? floats(inputs[2]) : undefined;
    const output = floats(outputs[0]);

    const store = (from: number, at: number, first: number, count: number) => {
      for (let k = 0; k < count; k++) {
        const sum = bias ? sums[from + k]! + bias[first + k]! : sums[from + k]!;
        output[at + k] = sum < low ? low : sum > high ? high : sum;
      }
    };

    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < outH; y++) {
        const y0 = y * strideH - plan.top;
        const fyFirst = y0 < 0 ? Math.ceil(-y0 / dilationH) : 0;
        const fyEnd = Math.min(filterH, Math.ceil((height - y0) / dilationH));
        reach.rows = fyEnd - fyFirst;
        for (let x = 0; x < outW;) {
          const x0 = x * strideW - plan.left;
          const fxFirst = x0 < 0 ? Math.ceil(-x0 / dilationW) : 0;
          const fxEnd = Math.min(filterW, Math.ceil((width - x0) / dilationW));
          const taps = Math.max(0, fxEnd - fxFirst);
          reach.taps = joined ? 1 : taps;
          reach.run = joined ? taps * filterC : filterC;
          reach.gap = (filterW - taps) * filterC * lanes;
          const lastOfNext = x0 + strideW + (filterW - 1) * dilationW;
          const two = taps === filterW && x + 1 < outW && lastOfNext < width;
          const origin =
            ((n * height + y0 + fyFirst * dilationH) * width + x0 + fxFirst * dilationW) * channels;
          const outAt = ((n * outH + y) * outW + x) * outChannels;
          let weightAt = (fyFirst * filterW + fxFirst) * filterC * lanes;
          for (let first = 0; first < outChannels;) {
            const group = Math.floor(first / perGroup);
            const count = Math.min(lanes, (group + 1) * perGroup - first);
            const at = origin + group * filterC;
            if (two) {
              twoPixels(input, at, next, packed, weightAt, reach, sums);
              store(lanes, outAt + outChannels + first, first, count);
            } else {
              onePixel(input, at, packed, weightAt, reach, sums);
            }
            store(0, outAt + first, first, count);
            first += count;
            weightAt += filterSize * lanes;
          }
          x += two ? 2 : 1;
        }
      }
    }
  };
};

export const convKernels = {
  CONV_2D: conv2d,
} satisfies KernelTable;
