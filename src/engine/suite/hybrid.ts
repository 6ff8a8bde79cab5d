/** Cases of float activations with int8 or float16 constants: dynamic range, weight-only. */
import type { Activation, OpAttrs, Padding } from '../../model/ops';
import { window } from '../numerics';
import { oneOp, type SuiteCase } from './build';
import { random } from '../../testing/random';

function dense(
  seed: number,
  batches: number,
  depth: number,
  units: number,
  activation: Activation,
  asymmetric: boolean,
  bias: boolean,
): SuiteCase {
  const rng = random(seed);
  return oneOp(
    `FULLY_CONNECTED hybrid ${batches}x${depth} to ${units} ${activation}${asymmetric ? ' asymmetric' : ''}${bias ? '' : ' no bias'}`,
    'FULLY_CONNECTED',
    { activation, keepNumDims: false, asymmetricQuantizeInputs: asymmetric },
    [
      {
        shape: [batches, depth],
        dtype: 'float32',
        feed: rng.floats(batches * depth, rng.scale(0.1, 10)),
      },
      {
        shape: [units, depth],
        scale: rng.scale(0.001, 0.05),
        constant: rng.int8s(units * depth, -127),
      },
      bias ? { shape: [units], dtype: 'float32', constant: rng.floats(units) } : undefined,
    ],
    [{ shape: [batches, units], dtype: 'float32' }],
  );
}

function convolution(
  seed: number,
  kernel: readonly [number, number],
  padding: Padding,
  stride: number,
  dilation: number,
  activation: Activation,
  perChannel: boolean,
  batches = 1,
): SuiteCase {
  const rng = random(seed);
  const [inH, inW, inC, outC] = [8, 7, 3, 6];
  const attrs: OpAttrs['CONV_2D'] = {
    padding,
    strideH: stride,
    strideW: stride,
    dilationH: dilation,
    dilationW: dilation,
    activation,
  };
  const count = outC * kernel[0] * kernel[1] * inC;
  return oneOp(
    `CONV_2D hybrid ${kernel.join('x')} ${padding} stride ${stride} dilation ${dilation} ${activation}${perChannel ? '' : ' per-tensor'} batch ${batches}`,
    'CONV_2D',
    attrs,
    [
      {
        shape: [batches, inH, inW, inC],
        dtype: 'float32',
        feed: rng.floats(batches * inH * inW * inC, 2),
      },
      {
        shape: [outC, ...kernel, inC],
        scale: Float32Array.from({ length: perChannel ? outC : 1 }, () => rng.scale(0.001, 0.05)),
        constant: rng.int8s(count, -127),
      },
      { shape: [outC], dtype: 'float32', constant: rng.floats(outC) },
    ],
    [
      {
        shape: [
          batches,
          window(padding, inH, kernel[0], stride, dilation).output,
          window(padding, inW, kernel[1], stride, dilation).output,
          outC,
        ],
        dtype: 'float32',
      },
    ],
  );
}

function depthwise(
  seed: number,
  padding: Padding,
  stride: number,
  multiplier: number,
  activation: Activation,
  batches = 1,
  perChannel = true,
): SuiteCase {
  const rng = random(seed);
  const [inH, inW, inC] = [7, 8, 5];
  const outC = inC * multiplier;
  return oneOp(
    `DEPTHWISE_CONV_2D hybrid ${padding} stride ${stride} multiplier ${multiplier} ${activation} batch ${batches}${perChannel ? '' : ' per-tensor'}`,
    'DEPTHWISE_CONV_2D',
    {
      padding,
      strideH: stride,
      strideW: stride,
      dilationH: 1,
      dilationW: 1,
      activation,
      depthMultiplier: multiplier,
    },
    [
      {
        shape: [batches, inH, inW, inC],
        dtype: 'float32',
        feed: rng.floats(batches * inH * inW * inC, 2),
      },
      {
        shape: [1, 3, 3, outC],
        axis: 3,
        scale: Float32Array.from({ length: perChannel ? outC : 1 }, () => rng.scale(0.001, 0.05)),
        constant: rng.int8s(9 * outC, -127),
      },
      { shape: [outC], dtype: 'float32', constant: rng.floats(outC) },
    ],
    [
      {
        shape: [
          batches,
          window(padding, inH, 3, stride).output,
          window(padding, inW, 3, stride).output,
          outC,
        ],
        dtype: 'float32',
      },
    ],
  );
}

function matmul(seed: number, adjY: boolean, asymmetric: boolean): SuiteCase {
  const rng = random(seed);
  return oneOp(
    `BATCH_MATMUL hybrid${adjY ? ' adjY' : ''}${asymmetric ? ' asymmetric' : ''}`,
    'BATCH_MATMUL',
    { adjX: false, adjY, asymmetricQuantizeInputs: asymmetric },
    [
      { shape: [2, 3, 16], dtype: 'float32', feed: rng.floats(96, rng.scale(0.1, 10)) },
      {
        shape: adjY ? [5, 16] : [16, 5],
        scale: rng.scale(0.001, 0.05),
        constant: rng.int8s(80, -127),
      },
    ],
    [{ shape: [2, 3, 5], dtype: 'float32' }],
  );
}

/** Constants that are stored small and widened by DEQUANTIZE. */
function weightOnly(seed: number): SuiteCase[] {
  const rng = random(seed);
  const out = { shape: [4, 9], dtype: 'float32' as const };
  const perChannel = (axis: number, length: number) => ({
    shape: [4, 9],
    scale: Float32Array.from({ length }, () => rng.scale(0.01, 0.1)),
    axis,
    feed: rng.int8s(36),
  });
  return [
    oneOp('DEQUANTIZE int8 per-channel axis 0', 'DEQUANTIZE', {}, [perChannel(0, 4)], [out]),
    oneOp('DEQUANTIZE int8 per-channel axis 1', 'DEQUANTIZE', {}, [perChannel(1, 9)], [out]),
  ];
}

export function hybridCases(base: number): SuiteCase[] {
  const seed = base + 4000;
  return [
    dense(seed, 1, 64, 10, 'NONE', false, true),
    dense(seed + 1, 3, 33, 17, 'RELU', false, true),
    dense(seed + 2, 2, 128, 9, 'NONE', true, true),
    matmul(seed + 6, false, false),
    matmul(seed + 7, true, false),
    matmul(seed + 8, true, true),
    ...weightOnly(seed + 30),
    dense(seed + 3, 1, 40, 8, 'RELU6', true, false),
    convolution(seed + 10, [3, 3], 'SAME', 1, 1, 'NONE', true),
    convolution(seed + 11, [3, 3], 'VALID', 2, 1, 'RELU', true, 2),
    convolution(seed + 12, [1, 1], 'SAME', 1, 1, 'RELU6', true),
    convolution(seed + 13, [3, 3], 'SAME', 1, 1, 'NONE', false),
    convolution(seed + 14, [1, 1], 'VALID', 1, 1, 'RELU', false),
    convolution(seed + 15, [3, 3], 'SAME', 1, 2, 'NONE', true),
    depthwise(seed + 20, 'SAME', 1, 1, 'NONE'),
    depthwise(seed + 21, 'VALID', 2, 1, 'RELU'),
    depthwise(seed + 22, 'SAME', 1, 2, 'RELU6', 2),
  ];
}
