/** Cases of CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV, int8. */
import type { Activation, Padding } from '../../model/ops';
import { window } from '../numerics';
import { oneOp, type SuiteCase } from './build';
import { random } from '../../testing/random';
import { outputScale } from './specs';

const activations: readonly Activation[] = ['NONE', 'RELU', 'RELU6', 'RELU_N1_TO_1'];

interface Geometry {
  readonly label: string;
  readonly input: readonly [number, number, number, number];
  readonly outC: number;
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly padding: Padding;
}

const convolutions: readonly Geometry[] = [
  { label: '3x3 same', input: [1, 7, 9, 3], outC: 5, kernel: [3, 3], padding: 'SAME' },
  { label: '3x3 valid', input: [1, 8, 6, 8], outC: 16, kernel: [3, 3], padding: 'VALID' },
  {
    label: '3x3 same stride 2',
    input: [2, 9, 8, 4],
    outC: 7,
    kernel: [3, 3],
    stride: [2, 2],
    padding: 'SAME',
  },
  { label: '1x1', input: [1, 5, 5, 17], outC: 9, kernel: [1, 1], padding: 'SAME' },
  {
    label: '1x1 stride 2',
    input: [1, 6, 6, 16],
    outC: 32,
    kernel: [1, 1],
    stride: [2, 2],
    padding: 'SAME',
  },
  { label: '1x1 depth 256', input: [1, 3, 2, 256], outC: 24, kernel: [1, 1], padding: 'VALID' },
  {
    label: '5x3 stride 1x2',
    input: [1, 11, 10, 2],
    outC: 6,
    kernel: [5, 3],
    stride: [1, 2],
    padding: 'SAME',
  },
  {
    label: '10x4 stride 2',
    input: [1, 25, 10, 1],
    outC: 8,
    kernel: [10, 4],
    stride: [2, 2],
    padding: 'SAME',
  },
  {
    label: '3x3 dilated 2',
    input: [1, 9, 9, 3],
    outC: 4,
    kernel: [3, 3],
    dilation: [2, 2],
    padding: 'SAME',
  },
  {
    label: '3x3 dilated 3 valid',
    input: [1, 10, 11, 3],
    outC: 4,
    kernel: [3, 3],
    dilation: [3, 2],
    padding: 'VALID',
  },
  { label: '1x7 of a row', input: [1, 1, 30, 5], outC: 6, kernel: [1, 7], padding: 'SAME' },
  { label: 'whole image', input: [1, 4, 4, 6], outC: 10, kernel: [4, 4], padding: 'VALID' },
  {
    label: 'stride over kernel',
    input: [1, 9, 9, 3],
    outC: 4,
    kernel: [2, 2],
    stride: [3, 3],
    padding: 'VALID',
  },
];

function convolution(
  seed: number,
  geometry: Geometry,
  activation: Activation,
  perChannel: boolean,
): SuiteCase {
  const rng = random(seed);
  const { input, outC, kernel, padding } = geometry;
  const [strideH, strideW] = geometry.stride ?? [1, 1];
  const [dilationH, dilationW] = geometry.dilation ?? [1, 1];
  const [batches, inH, inW, inC] = input;
  const depth = kernel[0] * kernel[1] * inC;
  const inputScale = rng.scale(0.003, 0.3);
  const weightScale = Float32Array.from({ length: perChannel ? outC : 1 }, () =>
    rng.scale(0.0005, 0.05),
  );
  const outH = window(padding, inH, kernel[0], strideH, dilationH).output;
  const outW = window(padding, inW, kernel[1], strideW, dilationW).output;
  return oneOp(
    `CONV_2D ${geometry.label} ${activation}${perChannel ? '' : ' per-tensor'}`,
    'CONV_2D',
    { padding, strideH, strideW, dilationH, dilationW, activation },
    [
      {
        shape: input,
        scale: inputScale,
        zeroPoint: rng.int(-128, 127),
        feed: rng.int8s(batches * inH * inW * inC),
      },
      {
        shape: [outC, ...kernel, inC],
        scale: weightScale,
        constant: rng.int8s(outC * depth, -127),
      },
      {
        shape: [outC],
        dtype: 'int32',
        scale: weightScale.map((scale) => Math.fround(scale * inputScale)),
        constant: rng.int32s(outC, 8000),
      },
    ],
    [
      {
        shape: [batches, outH, outW, outC],
        scale: outputScale(rng, inputScale, Math.max(...weightScale), depth),
        zeroPoint: rng.int(-128, 127),
      },
    ],
  );
}

const depthwise: readonly (Geometry & { readonly multiplier: number })[] = [
  {
    label: '3x3 same',
    input: [1, 8, 7, 11],
    outC: 11,
    multiplier: 1,
    kernel: [3, 3],
    padding: 'SAME',
  },
  {
    label: '3x3 same stride 2',
    input: [1, 9, 9, 16],
    outC: 16,
    multiplier: 1,
    kernel: [3, 3],
    stride: [2, 2],
    padding: 'SAME',
  },
  {
    label: '3x3 valid',
    input: [2, 6, 6, 8],
    outC: 8,
    multiplier: 1,
    kernel: [3, 3],
    padding: 'VALID',
  },
  {
    label: '5x5 same',
    input: [1, 8, 8, 20],
    outC: 20,
    multiplier: 1,
    kernel: [5, 5],
    padding: 'SAME',
  },
  {
    label: '3x3 multiplier 2',
    input: [1, 6, 5, 5],
    outC: 10,
    multiplier: 2,
    kernel: [3, 3],
    padding: 'SAME',
  },
  {
    label: '3x3 one channel multiplier 8',
    input: [1, 6, 6, 1],
    outC: 8,
    multiplier: 8,
    kernel: [3, 3],
    padding: 'SAME',
  },
  {
    label: '3x3 dilated',
    input: [1, 9, 9, 4],
    outC: 4,
    multiplier: 1,
    kernel: [3, 3],
    dilation: [2, 2],
    padding: 'SAME',
  },
  {
    label: '1x9 of a row',
    input: [1, 1, 20, 6],
    outC: 6,
    multiplier: 1,
    kernel: [1, 9],
    padding: 'VALID',
  },
  {
    label: '10x4 kernel',
    input: [1, 12, 9, 3],
    outC: 3,
    multiplier: 1,
    kernel: [10, 4],
    padding: 'SAME',
  },
];

function depthwiseCase(
  seed: number,
  geometry: (typeof depthwise)[number],
  activation: Activation,
  perChannel: boolean,
  withBias: boolean,
): SuiteCase {
  const rng = random(seed);
  const { input, outC, kernel, padding, multiplier } = geometry;
  const [strideH, strideW] = geometry.stride ?? [1, 1];
  const [dilationH, dilationW] = geometry.dilation ?? [1, 1];
  const [batches, inH, inW, inC] = input;
  const taps = kernel[0] * kernel[1];
  const inputScale = rng.scale(0.003, 0.3);
  const weightScale = Float32Array.from({ length: perChannel ? outC : 1 }, () =>
    rng.scale(0.0005, 0.05),
  );
  return oneOp(
    `DEPTHWISE_CONV_2D ${geometry.label} ${activation}${perChannel ? '' : ' per-tensor'}${withBias ? '' : ' no bias'}`,
    'DEPTHWISE_CONV_2D',
    { padding, strideH, strideW, dilationH, dilationW, activation, depthMultiplier: multiplier },
    [
      {
        shape: input,
        scale: inputScale,
        zeroPoint: rng.int(-128, 127),
        feed: rng.int8s(batches * inH * inW * inC),
      },
      {
        shape: [1, ...kernel, outC],
        scale: weightScale,
        axis: 3,
        constant: rng.int8s(outC * taps, -127),
      },
      ...(withBias
        ? [
            {
              shape: [outC],
              dtype: 'int32' as const,
              scale: weightScale.map((scale) => Math.fround(scale * inputScale)),
              constant: rng.int32s(outC, 3000),
            },
          ]
        : []),
    ],
    [
      {
        shape: [
          batches,
          window(padding, inH, kernel[0], strideH, dilationH).output,
          window(padding, inW, kernel[1], strideW, dilationW).output,
          outC,
        ],
        scale: outputScale(rng, inputScale, Math.max(...weightScale), taps),
        zeroPoint: rng.int(-128, 127),
      },
    ],
  );
}

function transposed(
  seed: number,
  padding: Padding,
  stride: number,
  kernel: number,
  perChannel: boolean,
  withBias: boolean,
): SuiteCase {
  const rng = random(seed);
  const [inH, inW, inC, outC] = [4, 5, 6, 3];
  const size = (input: number) =>
    padding === 'SAME' ? input * stride : (input - 1) * stride + kernel;
  const outShape = [1, size(inH), size(inW), outC];
  const inputScale = rng.scale(0.003, 0.3);
  const weightScale = Float32Array.from({ length: perChannel ? outC : 1 }, () =>
    rng.scale(0.0005, 0.05),
  );
  return oneOp(
    `TRANSPOSE_CONV ${kernel}x${kernel} ${padding} stride ${stride}${perChannel ? '' : ' per-tensor'}${withBias ? '' : ' no bias'}`,
    'TRANSPOSE_CONV',
    { padding, strideH: stride, strideW: stride, activation: 'NONE' },
    [
      { shape: [4], dtype: 'int32', constant: Int32Array.from(outShape) },
      {
        shape: [outC, kernel, kernel, inC],
        scale: weightScale,
        constant: rng.int8s(outC * kernel * kernel * inC, -127),
      },
      {
        shape: [1, inH, inW, inC],
        scale: inputScale,
        zeroPoint: rng.int(-128, 127),
        feed: rng.int8s(inH * inW * inC),
      },
      ...(withBias
        ? [
            {
              shape: [outC],
              dtype: 'int32' as const,
              scale: weightScale.map((scale) => Math.fround(scale * inputScale)),
              constant: rng.int32s(outC, 8000),
            },
          ]
        : []),
    ],
    [
      {
        shape: outShape,
        scale: outputScale(rng, inputScale, Math.max(...weightScale), kernel * kernel * inC),
        zeroPoint: rng.int(-128, 127),
      },
    ],
  );
}

export function convolutionCases(base: number): SuiteCase[] {
  const cases: SuiteCase[] = [];
  convolutions.forEach((geometry, index) => {
    const activation = activations[index % 4]!;
    cases.push(convolution(base + 100 + index, geometry, activation, true));
    cases.push(convolution(base + 200 + index, geometry, 'NONE', index % 2 === 0));
  });
  depthwise.forEach((geometry, index) => {
    const activation = activations[index % 4]!;
    cases.push(depthwiseCase(base + 400 + index, geometry, activation, true, true));
    cases.push(depthwiseCase(base + 500 + index, geometry, 'NONE', index % 2 === 0, true));
    if (index % 4 === 0)
      cases.push(depthwiseCase(base + 600 + index, geometry, activation, true, false));
  });
  let seed = base + 800;
  for (const padding of ['SAME', 'VALID'] as const) {
    for (const [stride, kernel] of [
      [2, 3],
      [1, 3],
      [2, 2],
      [3, 5],
    ] as const) {
      cases.push(transposed(seed++, padding, stride, kernel, true, true));
      cases.push(transposed(seed++, padding, stride, kernel, false, stride === 2));
    }
  }
  return cases;
}
