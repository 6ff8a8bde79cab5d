/**
 * CONV_2D. Input NHWC, weights OHWI, bias [O]. Source: TFLite reference/conv.h; groups where the
 * input has k times the filter's channels. Sums are float64, rounded once.
 */
import type { KernelFactory } from '../../engine';
import { window } from '../../numerics';
import { floats } from '../site';
import { clampOf, isFloat, shape4 } from './site';

/**
 * Dot products of up to `rows` runs of `run` floats with four rows of weights at once, added to
 * `sums` (four). `step` apart in the input, `run` in the weights.
 */
function dots4(
  input: Float32Array,
  inputAt: number,
  step: number,
  weights: Float32Array,
  weightAt: number,
  filterSize: number,
  rows: number,
  run: number,
  sums: Float64Array,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let w0 = weightAt;
  for (let row = 0; row < rows; row++) {
    const start = inputAt + row * step;
    let w1 = w0 + filterSize;
    let w2 = w1 + filterSize;
    let w3 = w2 + filterSize;
    for (let i = start; i < start + run; i++) {
      const x = input[i]!;
      s0 += x * weights[w0++]!;
      s1 += x * weights[w1++]!;
      s2 += x * weights[w2++]!;
      s3 += x * weights[w3++]!;
    }
  }
  sums[0]! += s0;
  sums[1]! += s1;
  sums[2]! += s2;
  sums[3]! += s3;
}

function dot(
  input: Float32Array,
  inputAt: number,
  weights: Float32Array,
  weightAt: number,
  run: number,
): number {
  let sum = 0;
  for (let i = 0; i < run; i++) sum += input[inputAt + i]! * weights[weightAt + i]!;
  return sum;
}

export const conv2d: KernelFactory = (site) => {
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
  const { low, high } = range;
  const { padding, strideH, strideW, dilationH, dilationW } = node.attrs;
  const top = window(padding, height, filterH, strideH, dilationH).before;
  const left = window(padding, width, filterW, strideW, dilationW).before;
  const perGroup = outChannels / groups;
  const filterSize = filterH * filterW * filterC;
  // With one group and no dilation the taps of a filter row lie one after the other in the input.
  const joined = groups === 1 && dilationW === 1;
  const sums = new Float64Array(4);

  return (inputs, outputs) => {
    const input = floats(inputs[0]);
    const weights = floats(inputs[1]);
    const bias = inputs[2] ? floats(inputs[2]) : undefined;
    const output = floats(outputs[0]);
    let at = 0;
    for (let n = 0; n < batch; n++) {
      for (let y = 0; y < outH; y++) {
        const y0 = y * strideH - top;
        const fyFirst = y0 < 0 ? Math.ceil(-y0 / dilationH) : 0;
        const fyEnd = Math.min(filterH, Math.ceil((height - y0) / dilationH));
        for (let x = 0; x < outW; x++) {
          const x0 = x * strideW - left;
          const fxFirst = x0 < 0 ? Math.ceil(-x0 / dilationW) : 0;
          const fxEnd = Math.min(filterW, Math.ceil((width - x0) / dilationW));
          const taps = Math.max(0, fxEnd - fxFirst);
          for (let g = 0; g < groups; g++) {
            const origin =
              ((n * height + y0 + fyFirst * dilationH) * width + x0 + fxFirst * dilationW) *
                channels +
              g * filterC;
            const rowStep = dilationH * width * channels;
            const last = (g + 1) * perGroup;
            for (let o = g * perGroup; o < last;) {
              const four = o + 4 <= last;
              sums.fill(0);
              let inputAt = origin;
              for (let fy = fyFirst; fy < fyEnd; fy++, inputAt += rowStep) {
                const weightAt = ((o * filterH + fy) * filterW + fxFirst) * filterC;
                if (four) {
                  if (joined) {
                    // All rows of the window in one call where no column is cut off.
                    const whole = taps === filterW;
                    const rows = whole ? fyEnd - fy : 1;
                    dots4(
                      input,
                      inputAt,
                      rowStep,
                      weights,
                      weightAt,
                      filterSize,
                      rows,
                      taps * filterC,
                      sums,
                    );
                    if (whole) break;
                  } else {
                    for (let k = 0; k < taps; k++) {
                      dots4(
                        input,
                        inputAt + k * dilationW * channels,
                        0,
                        weights,
                        weightAt + k * filterC,
                        filterSize,
                        1,
                        filterC,
                        sums,
                      );
                    }
                  }
                } else if (joined) {
                  sums[0]! += dot(input, inputAt, weights, weightAt, taps * filterC);
                } else {
                  for (let k = 0; k < taps; k++) {
                    sums[0]! += dot(
                      input,
                      inputAt + k * dilationW * channels,
                      weights,
                      weightAt + k * filterC,
                      filterC,
                    );
                  }
                }
              }
              const count = four ? 4 : 1;
              for (let k = 0; k < count; k++, o++) {
                const sum = bias ? sums[k]! + bias[o]! : sums[k]!;
                output[at++] = sum < low ? low : sum > high ? high : sum;
              }
            }
          }
        }
      }
    }
  };
};
