/**
 * Cases of float32, int32 and bool operators: seeded one-operator graphs whose output shapes come
 * from shape inference. Float results are compared within a tolerance, the others exactly.
 */
import { elementCount, type DType, type TensorData } from '../../model/graph';
import { inferShapes } from '../../model/infer';
import type { OpAttrs, OpName } from '../../model/ops';
import { oneOp, type Spec, type SuiteCase } from './build';
import { random, type Random } from './random';

type Shape = readonly number[];

export function ints(...values: readonly number[]): Spec {
  return { shape: [values.length], dtype: 'int32', constant: Int32Array.from(values) };
}
export function pairs(...rows: readonly (readonly number[])[]): Spec {
  return {
    shape: [rows.length, rows[0]!.length],
    dtype: 'int32',
    constant: Int32Array.from(rows.flat()),
  };
}
export const scalar = (value: number): Spec => ({
  shape: [],
  dtype: 'int32',
  constant: Int32Array.of(value),
});

function floatFeed(rng: Random, shape: Shape, spread = 2): Spec {
  return { shape, dtype: 'float32', feed: rng.floats(elementCount(shape), spread) };
}
function floatConstant(rng: Random, shape: Shape, spread = 1): Spec {
  return { shape, dtype: 'float32', constant: rng.floats(elementCount(shape), spread) };
}
function positive(rng: Random, shape: Shape): Spec {
  return {
    shape,
    dtype: 'float32',
    feed: Float32Array.from({ length: elementCount(shape) }, () => 0.05 + 4 * rng.next()),
  };
}
function int32Feed(rng: Random, shape: Shape, low: number, high: number): Spec {
  const data = Int32Array.from({ length: elementCount(shape) }, () => rng.int(low, high));
  return { shape, dtype: 'int32', feed: data };
}
function boolFeed(rng: Random, shape: Shape): Spec {
  const data = Uint8Array.from({ length: elementCount(shape) }, () => rng.int(0, 1));
  return { shape, dtype: 'bool', feed: data };
}

/** One operator; the output specs are inferred. */
function inferred<K extends OpName>(
  label: string,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly (Spec | undefined)[],
): SuiteCase {
  const results = inferShapes(
    op,
    attrs,
    inputs.map(
      (spec, index) =>
        spec && {
          name: `input${index}`,
          shape: spec.shape,
          dtype: spec.dtype ?? 'float32',
          data: spec.constant as TensorData | undefined,
        },
    ),
  );
  const outputs = results.map(({ shape, dtype }): Spec => ({ shape, dtype: dtype as DType }));
  return oneOp(`${op} ${label}`, op, attrs, inputs, outputs);
}

export function floatCases(base = 0): SuiteCase[] {
  return [
    ...windows(random(base + 5000)),
    ...products(random(base + 5100)),
    ...elementwise(random(base + 5200)),
    ...reductions(random(base + 5300)),
    ...moves(random(base + 5400)),
  ];
}

const step = { strideW: 1, strideH: 1 };
const plain = { ...step, dilationW: 1, dilationH: 1, activation: 'NONE' } as const;

function windows(rng: Random): SuiteCase[] {
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

function products(rng: Random): SuiteCase[] {
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

function elementwise(rng: Random): SuiteCase[] {
  const small = [2, 3, 4, 5];
  const unary = (
    [
      'ABS',
      'CEIL',
      'COS',
      'ELU',
      'EXP',
      'FLOOR',
      'HARD_SWISH',
      'LOGISTIC',
      'LOG_SOFTMAX',
      'NEG',
      'RELU',
      'RELU6',
      'RELU_N1_TO_1',
      'ROUND',
      'SIGN',
      'SIN',
      'SQUARE',
      'TANH',
    ] as const
  ).map((op) => inferred('', op, {}, [floatFeed(rng, small, 3)]));
  const roots = (['LOG', 'SQRT', 'RSQRT'] as const).map((op) =>
    inferred('', op, {}, [positive(rng, small)]),
  );
  const fused = (['ADD', 'SUB', 'MUL', 'DIV'] as const).flatMap((op) => [
    inferred('relu', op, { activation: 'RELU' }, [floatFeed(rng, small), positive(rng, small)]),
    inferred('by channel', op, { activation: 'NONE' }, [floatFeed(rng, small), positive(rng, [5])]),
    inferred('by row', op, { activation: 'RELU6' }, [
      floatFeed(rng, [1, 3, 1, 5]),
      positive(rng, [2, 1, 4, 5]),
    ]),
    inferred('by scalar', op, { activation: 'NONE' }, [floatFeed(rng, [7]), positive(rng, [])]),
    inferred('int32', op, { activation: 'NONE' }, [
      int32Feed(rng, small, -50, 50),
      int32Feed(rng, [4, 5], 1, 9),
    ]),
  ]);
  const others = (
    ['MAXIMUM', 'MINIMUM', 'SQUARED_DIFFERENCE', 'FLOOR_DIV', 'FLOOR_MOD'] as const
  ).flatMap((op) => [
    inferred('float', op, {}, [floatFeed(rng, small), positive(rng, [4, 1])]),
    inferred('int32', op, {}, [int32Feed(rng, small, -50, 50), int32Feed(rng, [4, 1], 1, 9)]),
  ]);
  const compared = (
    ['EQUAL', 'NOT_EQUAL', 'GREATER', 'GREATER_EQUAL', 'LESS', 'LESS_EQUAL'] as const
  ).flatMap((op) => [
    inferred('int32', op, {}, [int32Feed(rng, small, 0, 3), int32Feed(rng, [5], 0, 3)]),
    inferred('float', op, {}, [floatFeed(rng, small), floatFeed(rng, small)]),
  ]);
  return [
    ...unary,
    ...roots,
    ...fused,
    ...others,
    ...compared,
    inferred('', 'LEAKY_RELU', { alpha: 0.2 }, [floatFeed(rng, small)]),
    inferred('exact', 'GELU', { approximate: false }, [floatFeed(rng, small, 3)]),
    inferred('approximate', 'GELU', { approximate: true }, [floatFeed(rng, small, 3)]),
    inferred('', 'PRELU', {}, [floatFeed(rng, small), floatConstant(rng, [1, 1, 5])]),
    inferred('float', 'POW', {}, [positive(rng, small), floatFeed(rng, [5])]),
    inferred('and', 'LOGICAL_AND', {}, [boolFeed(rng, small), boolFeed(rng, small)]),
    inferred('or', 'LOGICAL_OR', {}, [boolFeed(rng, small), boolFeed(rng, small)]),
    inferred('not', 'LOGICAL_NOT', {}, [boolFeed(rng, small)]),
    inferred('same', 'SELECT', {}, [
      boolFeed(rng, small),
      floatFeed(rng, small),
      floatFeed(rng, small),
    ]),
    inferred('by row', 'SELECT', {}, [
      boolFeed(rng, [4]),
      floatFeed(rng, [4, 3]),
      floatFeed(rng, [4, 3]),
    ]),
    inferred('broadcast', 'SELECT_V2', {}, [
      boolFeed(rng, [3, 1]),
      floatFeed(rng, [1, 4]),
      floatFeed(rng, [2, 3, 4]),
    ]),
    inferred('beta 0.7', 'SOFTMAX', { beta: 0.7 }, [floatFeed(rng, [3, 17], 4)]),
    inferred('', 'L2_NORMALIZATION', { activation: 'NONE' }, [floatFeed(rng, [3, 9])]),
    inferred('float to int32', 'CAST', { to: 'int32' }, [floatFeed(rng, small, 9)]),
    inferred('int32 to float', 'CAST', { to: 'float32' }, [int32Feed(rng, small, -99, 99)]),
    inferred('float to bool', 'CAST', { to: 'bool' }, [floatFeed(rng, small, 9)]),
  ];
}

function reductions(rng: Random): SuiteCase[] {
  const shape = [2, 3, 4, 5];
  const over = (['MEAN', 'SUM', 'REDUCE_MAX', 'REDUCE_MIN', 'REDUCE_PROD'] as const).flatMap((op) =>
    [[3], [1, 2], [0, -1], [0, 1, 2, 3], [2]].map((axes) =>
      inferred(`axes ${axes.join(',')}`, op, { keepDims: axes.length === 2 }, [
        floatFeed(rng, shape),
        ints(...axes),
      ]),
    ),
  );
  const extremes = (['ARG_MAX', 'ARG_MIN'] as const).flatMap((op) =>
    [3, 1, 0].map((axis) =>
      inferred(`axis ${axis}`, op, { outputType: 'int32' }, [floatFeed(rng, shape), scalar(axis)]),
    ),
  );
  const sums = [
    { exclusive: false, reverse: false },
    { exclusive: true, reverse: false },
    { exclusive: true, reverse: true },
  ].map((attrs) =>
    inferred(JSON.stringify(attrs), 'CUMSUM', attrs, [floatFeed(rng, shape), scalar(2)]),
  );
  return [
    ...over,
    ...extremes,
    ...sums,
    inferred('int32', 'SUM', { keepDims: false }, [int32Feed(rng, shape, -9, 9), ints(1)]),
    inferred('int32', 'REDUCE_MAX', { keepDims: true }, [int32Feed(rng, shape, -9, 9), ints(1, 3)]),
    inferred('bool', 'REDUCE_ANY', { keepDims: false }, [boolFeed(rng, [4, 3]), ints(1)]),
    inferred('bool', 'REDUCE_ALL', { keepDims: false }, [boolFeed(rng, [4, 2]), ints(1)]),
  ];
}

function moves(rng: Random): SuiteCase[] {
  const shape = [2, 3, 4, 5];
  const masks = {
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 0,
    offset: false,
  };
  const both = (make: (feed: Spec, label: string) => SuiteCase, own: Shape = shape) => [
    make(floatFeed(rng, own), 'float'),
    make(int32Feed(rng, own, -99, 99), 'int32'),
  ];
  const strided = (label: string, begin: Shape, end: Shape, steps: Shape, own = {}) =>
    inferred(label, 'STRIDED_SLICE', { ...masks, ...own }, [
      floatFeed(rng, shape),
      ints(...begin),
      ints(...end),
      ints(...steps),
    ]);
  const wide = () => floatFeed(rng, [2, 4, 6, 3]);
  return [
    ...[
      [3, 2, 1, 0],
      [0, 3, 1, 2],
      [1, 0, 2, 3],
      [0, 2, 1, 3],
    ].flatMap((order) =>
      both((x, label) =>
        inferred(`${order.join('')} ${label}`, 'TRANSPOSE', {}, [x, ints(...order)]),
      ),
    ),
    ...both((x, label) => inferred(label, 'SLICE', {}, [x, ints(0, 1, 0, 2), ints(-1, 2, 3, 2)])),
    strided('negative step', [1, -1, 3, 0], [2, 0, -5, 5], [1, -1, -2, 2]),
    strided('masks', [9, 1, 9, 0], [9, 9, 9, 3], [1, 1, 1, 2], { beginMask: 5, endMask: 7 }),
    strided('shrink', [1, -1, 0, 1], [2, 9, 4, 5], [1, 1, 2, 3], { shrinkAxisMask: 3 }),
    strided('ellipsis', [1, 0, 2], [2, 0, 4], [1, 1, 1], { ellipsisMask: 2 }),
    strided('new axis', [0, 0, 1], [2, 0, 3], [1, 1, 1], { newAxisMask: 2 }),
    strided('fewer axes', [1], [2], [1]),
    ...both((x, label) => inferred(label, 'PAD', {}, [x, pairs([0, 1], [2, 0], [1, 1], [0, 3])])),
    inferred('value', 'PADV2', {}, [
      floatFeed(rng, shape),
      pairs([0, 0], [1, 1], [2, 1], [0, 0]),
      { shape: [], dtype: 'float32', constant: Float32Array.of(-7.5) },
    ]),
    ...(['REFLECT', 'SYMMETRIC'] as const).flatMap((mode) =>
      both((x, label) =>
        inferred(`${mode} ${label}`, 'MIRROR_PAD', { mode }, [
          x,
          pairs([0, 1], [2, 1], [1, 3], [0, 2]),
        ]),
      ),
    ),
    inferred('axis 1', 'CONCATENATION', { axis: 1, activation: 'NONE' }, [
      floatFeed(rng, [2, 1, 3]),
      floatFeed(rng, [2, 4, 3]),
      floatConstant(rng, [2, 2, 3]),
    ]),
    inferred('axis -1 int32', 'CONCATENATION', { axis: -1, activation: 'NONE' }, [
      int32Feed(rng, [2, 3], -9, 9),
      int32Feed(rng, [2, 5], -9, 9),
    ]),
    inferred('axis 2', 'SPLIT', { numSplits: 2 }, [scalar(2), floatFeed(rng, shape)]),
    inferred('axis -1', 'SPLIT_V', { numSplits: 3 }, [
      floatFeed(rng, [2, 7]),
      ints(1, 4, 2),
      scalar(-1),
    ]),
    inferred('axis 1', 'PACK', { axis: 1 }, [
      floatFeed(rng, [2, 3]),
      floatFeed(rng, [2, 3]),
      floatFeed(rng, [2, 3]),
    ]),
    inferred('axis 1', 'UNPACK', { axis: 1, num: 3 }, [floatFeed(rng, shape)]),
    ...both((x, label) =>
      inferred(`axis 2 ${label}`, 'GATHER', { axis: 2, batchDims: 0 }, [x, pairs([3, 0], [1, 1])]),
    ),
    inferred('batch dims', 'GATHER', { axis: 1, batchDims: 1 }, [
      floatFeed(rng, [2, 5, 3]),
      pairs([4, 0], [2, 2]),
    ]),
    inferred('', 'GATHER_ND', {}, [floatFeed(rng, shape), pairs([1, 2], [0, 0], [1, 0])]),
    ...both((x, label) => inferred(label, 'TILE', {}, [x, ints(1, 2, 1, 3)])),
    inferred('', 'BROADCAST_TO', {}, [floatFeed(rng, [3, 1, 5]), ints(2, 3, 4, 5)]),
    inferred('', 'SPACE_TO_DEPTH', { blockSize: 2 }, [wide()]),
    inferred('', 'DEPTH_TO_SPACE', { blockSize: 2 }, [floatFeed(rng, [2, 2, 3, 8])]),
    inferred('padded', 'SPACE_TO_BATCH_ND', {}, [
      floatFeed(rng, [2, 3, 6, 2]),
      ints(2, 3),
      pairs([1, 0], [2, 1]),
    ]),
    inferred('cropped', 'BATCH_TO_SPACE_ND', {}, [
      floatFeed(rng, [6, 3, 2, 2]),
      ints(3, 2),
      pairs([1, 2], [0, 1]),
    ]),
    inferred('axis 2', 'REVERSE_V2', {}, [floatFeed(rng, shape), ints(2)]),
    inferred('', 'RESHAPE', {}, [floatFeed(rng, shape), ints(6, -1)]),
    inferred('', 'EXPAND_DIMS', {}, [floatFeed(rng, shape), scalar(1)]),
    inferred('', 'SQUEEZE', { squeezeDims: [1] }, [floatFeed(rng, [2, 1, 4])]),
    inferred('', 'SHAPE', { outType: 'int32' }, [floatFeed(rng, shape)]),
    inferred('', 'FILL', {}, [
      ints(2, 3),
      { shape: [], dtype: 'float32', feed: Float32Array.of(2.5) },
    ]),
    inferred('clamped', 'DYNAMIC_UPDATE_SLICE', {}, [
      floatFeed(rng, [4, 5]),
      floatFeed(rng, [2, 3]),
      ints(3, -1),
    ]),
    inferred('', 'EMBEDDING_LOOKUP', {}, [int32Feed(rng, [5], 0, 6), floatConstant(rng, [7, 4])]),
  ];
}
