/** Cases of pooling, reductions, resizing and normalizing operators, int8. */
import type { Activation, OpAttrs, Padding } from '../../model/ops';
import { window } from '../numerics';
import { random } from '../../testing/random';
import { oneOp, type SuiteCase } from './build';
import { int8Feed } from './specs';

function pool(
  seed: number,
  op: 'AVERAGE_POOL_2D' | 'MAX_POOL_2D',
  input: readonly [number, number, number, number],
  filter: readonly [number, number],
  stride: readonly [number, number],
  padding: Padding,
  activation: Activation,
): SuiteCase {
  const rng = random(seed);
  const scale = rng.scale(0.005, 0.2);
  const zeroPoint = rng.int(-128, 127);
  const [batches, inH, inW, channels] = input;
  const outH = window(padding, inH, filter[0], stride[0]).output;
  const outW = window(padding, inW, filter[1], stride[1]).output;
  return oneOp(
    `${op} ${filter.join('x')} of ${input.join('x')} ${padding} stride ${stride.join('x')} ${activation}`,
    op,
    {
      padding,
      activation,
      filterH: filter[0],
      filterW: filter[1],
      strideH: stride[0],
      strideW: stride[1],
    },
    [int8Feed(rng, input, { scale: scale, zeroPoint: zeroPoint })],
    [{ shape: [batches, outH, outW, channels], scale, zeroPoint }],
  );
}

function reduction(
  seed: number,
  op: 'MEAN' | 'SUM' | 'REDUCE_MAX' | 'REDUCE_MIN',
  shape: readonly number[],
  axes: readonly number[],
  keepDims: boolean,
  sameScale = false,
): SuiteCase {
  const rng = random(seed);
  const scale = rng.scale(0.005, 0.2);
  const zeroPoint = rng.int(-128, 127);
  const kept = op === 'REDUCE_MAX' || op === 'REDUCE_MIN' || sameScale;
  const count = axes.reduce((product, axis) => product * shape.at(axis)!, 1);
  const resolved = axes.map((axis) => (axis < 0 ? axis + shape.length : axis));
  const outShape = keepDims
    ? shape.map((size, axis) => (resolved.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !resolved.includes(axis));
  const growth = op === 'SUM' ? count * rng.scale(0.1, 1) : rng.scale(0.2, 1.5);
  return oneOp(
    `${op} ${shape.join('x')} over ${axes.join(',')}${keepDims ? ' keepDims' : ''}${sameScale ? ' same scale' : ''}`,
    op,
    { keepDims },
    [
      int8Feed(rng, shape, { scale: scale, zeroPoint: zeroPoint }),
      { shape: [axes.length], dtype: 'int32', constant: Int32Array.from(axes) },
    ],
    [
      {
        shape: outShape,
        scale: kept ? scale : Math.fround(scale * growth),
        zeroPoint: kept ? zeroPoint : rng.int(-128, 127),
      },
    ],
  );
}

function resize(
  seed: number,
  op: 'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR',
  input: readonly [number, number, number, number],
  size: readonly [number, number],
  attrs: OpAttrs['RESIZE_BILINEAR'],
  rescaled = false,
): SuiteCase {
  const rng = random(seed);
  const scale = rng.scale(0.005, 0.2);
  const zeroPoint = rng.int(-128, 127);
  const mode = attrs.alignCorners
    ? 'align corners'
    : attrs.halfPixelCenters
      ? 'half pixel'
      : 'legacy';
  return oneOp(
    `${op} ${input.join('x')} to ${size.join('x')} ${mode}${rescaled ? ' other output scale' : ''}`,
    op,
    attrs,
    [
      int8Feed(rng, input, { scale: scale, zeroPoint: zeroPoint }),
      { shape: [2], dtype: 'int32', constant: Int32Array.from(size) },
    ],
    [
      {
        shape: [input[0], ...size, input[3]],
        scale: rescaled ? Math.fround(scale * 2) : scale,
        zeroPoint,
      },
    ],
  );
}

function softmax(seed: number, shape: readonly number[], beta: number, scale?: number): SuiteCase {
  const rng = random(seed);
  return oneOp(
    `SOFTMAX ${shape.join('x')} beta ${beta}${scale ? ` scale ${scale}` : ''}`,
    'SOFTMAX',
    { beta },
    [
      int8Feed(rng, shape, {
        scale: scale ?? rng.scale(0.01, 0.3),
        zeroPoint: rng.int(-128, 127),
      }),
    ],
    [{ shape, scale: 1 / 256, zeroPoint: -128 }],
  );
}

function normalize(
  seed: number,
  op: 'LOG_SOFTMAX' | 'L2_NORMALIZATION',
  shape: readonly number[],
): SuiteCase {
  const rng = random(seed);
  const on = { scale: rng.scale(0.01, 0.2), zeroPoint: rng.int(-128, 127) };
  const input = int8Feed(rng, shape, on);
  return op === 'LOG_SOFTMAX'
    ? oneOp(
        `${op} ${shape.join('x')}`,
        op,
        {},
        [input],
        [{ shape, scale: 16 / 256, zeroPoint: 127 }],
      )
    : oneOp(
        `${op} ${shape.join('x')}`,
        op,
        { activation: 'NONE' },
        [input],
        [{ shape, scale: 1 / 128, zeroPoint: 0 }],
      );
}

export function poolingCases(base: number): SuiteCase[] {
  let seed = base + 1000;
  const cases: SuiteCase[] = [];
  for (const op of ['AVERAGE_POOL_2D', 'MAX_POOL_2D'] as const) {
    cases.push(
      pool(seed++, op, [1, 8, 8, 16], [8, 8], [8, 8], 'VALID', 'NONE'),
      pool(seed++, op, [1, 6, 6, 5], [2, 2], [2, 2], 'VALID', 'NONE'),
      pool(seed++, op, [2, 7, 7, 5], [3, 3], [2, 2], 'SAME', 'RELU'),
      pool(seed++, op, [1, 9, 6, 3], [3, 2], [1, 1], 'SAME', 'RELU6'),
      pool(seed++, op, [1, 5, 5, 24], [5, 5], [1, 1], 'SAME', 'RELU_N1_TO_1'),
      pool(seed++, op, [1, 25, 5, 8], [25, 5], [25, 5], 'VALID', 'NONE'),
      pool(seed++, op, [1, 24, 24, 4], [16, 16], [8, 8], 'VALID', 'NONE'),
    );
  }
  for (const keepDims of [true, false]) {
    cases.push(
      reduction(seed++, 'MEAN', [1, 7, 7, 12], [1, 2], keepDims),
      reduction(seed++, 'MEAN', [2, 4, 6, 9], [1, 2], keepDims),
      reduction(seed++, 'MEAN', [1, 4, 6, 9], [2, 1], keepDims, true),
      reduction(seed++, 'MEAN', [1, 4, 6, 9], [1], keepDims),
      reduction(seed++, 'MEAN', [1, 4, 6, 9], [2], keepDims),
      reduction(seed++, 'MEAN', [1, 4, 6, 9], [3], keepDims),
      reduction(seed++, 'MEAN', [1, 4, 6, 9], [-1], keepDims, true),
      reduction(seed++, 'MEAN', [2, 4, 6, 9], [1, 2, 3], keepDims),
      reduction(seed++, 'MEAN', [1, 4, 6, 9], [0, 1], keepDims),
      reduction(seed++, 'MEAN', [2, 10, 8], [1], keepDims),
      reduction(seed++, 'MEAN', [2, 10, 8], [2], keepDims, true),
      reduction(seed++, 'MEAN', [3, 17], [1], keepDims),
      reduction(seed++, 'SUM', [1, 4, 6, 9], [1, 2], keepDims),
      reduction(seed++, 'SUM', [1, 4, 6, 9], [3], keepDims),
      reduction(seed++, 'SUM', [3, 7], [1], keepDims, true),
      reduction(seed++, 'REDUCE_MAX', [1, 4, 6, 9], [1, 2], keepDims),
      reduction(seed++, 'REDUCE_MAX', [2, 5, 9], [1], keepDims),
      reduction(seed++, 'REDUCE_MIN', [1, 4, 6, 9], [3], keepDims),
    );
  }
  for (const halfPixelCenters of [false, true]) {
    const attrs = { alignCorners: false, halfPixelCenters };
    cases.push(resize(seed++, 'RESIZE_BILINEAR', [1, 4, 5, 3], [7, 9], attrs, true));
    cases.push(resize(seed++, 'RESIZE_BILINEAR', [1, 7, 6, 3], [3, 4], attrs, true));
  }
  for (const op of ['RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR'] as const) {
    for (const size of [
      [8, 10],
      [7, 3],
      [3, 3],
      [13, 11],
    ] as const) {
      cases.push(
        resize(seed++, op, [1, 4, 5, 3], size, { alignCorners: false, halfPixelCenters: true }),
        resize(seed++, op, [1, 4, 5, 9], size, { alignCorners: false, halfPixelCenters: false }),
        resize(seed++, op, [2, 4, 5, 3], size, { alignCorners: true, halfPixelCenters: false }),
      );
    }
  }
  cases.push(
    softmax(seed++, [1, 10], 1),
    softmax(seed++, [1, 10], 1, 0.00390625),
    softmax(seed++, [4, 33], 1),
    softmax(seed++, [1, 1000], 1),
    softmax(seed++, [2, 3, 4, 5], 1),
    softmax(seed++, [3, 12], 0.5),
    normalize(seed++, 'LOG_SOFTMAX', [1, 10]),
    normalize(seed++, 'LOG_SOFTMAX', [4, 33]),
    normalize(seed++, 'L2_NORMALIZATION', [1, 10]),
    normalize(seed++, 'L2_NORMALIZATION', [2, 3, 4, 17]),
  );
  return cases;
}
