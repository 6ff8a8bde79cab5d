/** Float convolutions, pools, resizes and matrix products. */
import type { OpAttrs } from '../../model/ops';
import { oneOp, type SuiteCase } from './build';
import { floatConstant, floatFeed, inferred, ints, type Shape } from './specs';
import type { Random } from '../../testing/random';

const step = { strideW: 1, strideH: 1 };
const plain = { ...step, dilationW: 1, dilationH: 1, activation: 'NONE' } as const;

export function windows(rng: Random): SuiteCase[] {
  const conv = (label: string, attrs: OpAttrs['CONV_2D'], image: Shape, filter: Shape) =>
    inferred(label, 'CONV_2D', attrs, [
      floatFeed(rng, image),
      floatConstant(rng, filter),
      floatConstant(rng, [filter[0]!]),
    ]);
  const depthwise = (
    label: string,
    attrs: OpAttrs['DEPTHWISE_CONV_2D'],
    image: Shape,
    filter: Shape,
  ) =>
    inferred(label, 'DEPTHWISE_CONV_2D', attrs, [
      floatFeed(rng, image),
      floatConstant(rng, filter),
      floatConstant(rng, [filter[3]!]),
    ]);
  const pools = (['AVERAGE_POOL_2D', 'MAX_POOL_2D', 'L2_POOL_2D'] as const).flatMap((op) =>
    (['SAME', 'VALID'] as const).map((padding) =>
      inferred(
        `3x2 stride 2x1 ${padding}`,
        op,
        { padding, activation: 'NONE', filterH: 3, filterW: 2, strideH: 2, strideW: 1 },
        [floatFeed(rng, [2, 7, 6, 5])],
      ),
    ),
  );
  const transposed = (label: string, padding: 'SAME' | 'VALID', out: Shape, filter: Shape) =>
    oneOp(
      `TRANSPOSE_CONV ${label}`,
      'TRANSPOSE_CONV',
      { padding, strideH: 2, strideW: 2, activation: 'NONE' },
      [
        ints(...out),
        floatConstant(rng, filter),
        floatFeed(rng, [1, 4, 5, 3]),
        floatConstant(rng, [filter[0]!]),
      ],
      [{ shape: out, dtype: 'float32' }],
    );
  const resize = (['RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'] as const).flatMap((op) =>
    [
      { alignCorners: false, halfPixelCenters: false },
      { alignCorners: false, halfPixelCenters: true },
      { alignCorners: true, halfPixelCenters: false },
    ].flatMap((attrs) =>
      [
        [9, 11],
        [3, 2],
        [10, 14],
      ].map((size) =>
        inferred(`${JSON.stringify(attrs)} to ${size.join('x')}`, op, attrs, [
          floatFeed(rng, [1, 5, 7, 3]),
          ints(...size),
        ]),
      ),
    ),
  );
  return [
    conv('3x3 same', { ...plain, padding: 'SAME' }, [1, 7, 8, 5], [6, 3, 3, 5]),
    conv(
      '1x1 relu6',
      { ...plain, padding: 'SAME', activation: 'RELU6' },
      [2, 5, 5, 9],
      [7, 1, 1, 9],
    ),
    conv(
      '3x5 stride 2 relu',
      { ...plain, padding: 'VALID', strideH: 2, strideW: 3, activation: 'RELU' },
      [1, 9, 12, 4],
      [8, 3, 5, 4],
    ),
    conv(
      'dilated same',
      { ...plain, padding: 'SAME', dilationH: 2, dilationW: 3 },
      [1, 9, 10, 3],
      [5, 3, 3, 3],
    ),
    conv(
      'dilated rows valid',
      { ...plain, padding: 'VALID', dilationH: 2 },
      [1, 9, 10, 3],
      [4, 3, 3, 3],
    ),
    conv(
      'stride 2 same relu -1 to 1',
      { ...plain, padding: 'SAME', strideH: 2, strideW: 2, activation: 'RELU_N1_TO_1' },
      [1, 10, 7, 4],
      [9, 3, 3, 4],
    ),
    conv('two groups', { ...plain, padding: 'SAME' }, [1, 6, 6, 8], [6, 3, 3, 4]),
    depthwise(
      '3x3 same',
      { ...plain, padding: 'SAME', depthMultiplier: 1 },
      [1, 7, 8, 6],
      [1, 3, 3, 6],
    ),
    depthwise(
      'multiplier 2 stride 2',
      {
        ...plain,
        padding: 'SAME',
        strideH: 2,
        strideW: 2,
        depthMultiplier: 2,
        activation: 'RELU6',
      },
      [1, 7, 8, 3],
      [1, 3, 3, 6],
    ),
    depthwise(
      'dilated valid',
      { ...plain, padding: 'VALID', dilationH: 2, dilationW: 2, depthMultiplier: 1 },
      [2, 9, 8, 4],
      [1, 3, 3, 4],
    ),
    transposed('same', 'SAME', [1, 8, 10, 4], [4, 3, 3, 3]),
    transposed('same odd', 'SAME', [1, 7, 9, 2], [2, 3, 3, 3]),
    transposed('valid', 'VALID', [1, 9, 11, 4], [4, 3, 3, 3]),
    ...pools,
    ...resize,
  ];
}

export function products(rng: Random): SuiteCase[] {
  const dense = {
    keepNumDims: false,
    asymmetricQuantizeInputs: false,
    activation: 'NONE',
  } as const;
  const bmm = (adjX: boolean, adjY: boolean, x: Shape, y: Shape) =>
    inferred(
      `adj ${adjX} ${adjY} ${x.join('x')} ${y.join('x')}`,
      'BATCH_MATMUL',
      { adjX, adjY, asymmetricQuantizeInputs: false },
      [floatFeed(rng, x), floatFeed(rng, y)],
    );
  return [
    inferred('odd units', 'FULLY_CONNECTED', dense, [
      floatFeed(rng, [3, 11]),
      floatConstant(rng, [7, 11]),
      floatConstant(rng, [7]),
    ]),
    inferred(
      'keepNumDims',
      'FULLY_CONNECTED',
      { ...dense, keepNumDims: true, activation: 'RELU' },
      [floatFeed(rng, [2, 3, 8]), floatConstant(rng, [4, 8]), floatConstant(rng, [4])],
    ),
    inferred('no bias', 'FULLY_CONNECTED', dense, [
      floatFeed(rng, [1, 40]),
      floatConstant(rng, [10, 40]),
      undefined,
    ]),
    bmm(false, false, [2, 3, 4], [2, 4, 5]),
    bmm(false, true, [2, 3, 4], [2, 5, 4]),
    bmm(true, false, [2, 4, 3], [2, 4, 5]),
    bmm(false, false, [2, 1, 3, 4], [3, 4, 5]),
  ];
}
