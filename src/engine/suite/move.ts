/** Cases of operators that move int8 values without arithmetic, and of CONCATENATION and PAD. */
import { elementCount } from '../../model/graph';
import { oneOp, type Spec, type SuiteCase } from './build';
import { random, type Random } from './random';

type Shape = readonly number[];
interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
}

function grid(rng: Random): Grid {
  return { scale: rng.scale(0.005, 0.2), zeroPoint: rng.int(-128, 127) };
}
function feed(rng: Random, shape: Shape, on: Grid): Spec {
  return { shape, ...on, feed: rng.int8s(elementCount(shape)) };
}
function integers(...values: readonly number[]): Spec {
  return { shape: [values.length], dtype: 'int32', constant: Int32Array.from(values) };
}
function matrix(rows: readonly (readonly number[])[]): Spec {
  return {
    shape: [rows.length, rows[0]!.length],
    dtype: 'int32',
    constant: Int32Array.from(rows.flat()),
  };
}

function concatenation(seed: number, shapes: readonly Shape[], axis: number): SuiteCase {
  const rng = random(seed);
  const out = grid(rng);
  const at = axis < 0 ? axis + shapes[0]!.length : axis;
  const total = shapes.reduce((sum, shape) => sum + shape[at]!, 0);
  return oneOp(
    `CONCATENATION ${shapes.map((shape) => shape.join('x')).join(' ')} axis ${axis}`,
    'CONCATENATION',
    { axis, activation: 'NONE' },
    shapes.map((shape) => feed(rng, shape, out)),
    [{ shape: shapes[0]!.map((size, index) => (index === at ? total : size)), ...out }],
  );
}

function embedding(seed: number): SuiteCase {
  const rng = random(seed);
  return oneOp(
    'EMBEDDING_LOOKUP int8',
    'EMBEDDING_LOOKUP',
    {},
    [
      { shape: [6], dtype: 'int32', feed: Int32Array.of(0, 4, 8, 2, 2, 1) },
      { shape: [9, 7], scale: rng.scale(0.01, 0.1), constant: rng.int8s(63, -127) },
    ],
    [{ shape: [6, 7], dtype: 'float32' }],
  );
}

export function moveCases(base: number): SuiteCase[] {
  const rng = random(base + 3000);
  const on = grid(rng);
  const image: Shape = [1, 4, 6, 5];
  const x = () => feed(rng, image, on);
  const strided = {
    beginMask: 0,
    endMask: 0,
    ellipsisMask: 0,
    newAxisMask: 0,
    shrinkAxisMask: 0,
    offset: false,
  };
  return [
    embedding(base + 3010),
    concatenation(
      base + 3001,
      [
        [1, 4, 5, 3],
        [1, 4, 5, 6],
      ],
      3,
    ),
    concatenation(
      base + 3002,
      [
        [1, 4, 5, 3],
        [1, 2, 5, 3],
        [1, 1, 5, 3],
      ],
      1,
    ),
    concatenation(
      base + 3003,
      [
        [2, 5],
        [2, 7],
        [2, 1],
        [2, 2],
        [2, 4],
      ],
      -1,
    ),
    oneOp(
      'PAD 4-D',
      'PAD',
      {},
      [
        x(),
        matrix([
          [0, 0],
          [1, 2],
          [3, 0],
          [0, 1],
        ]),
      ],
      [{ shape: [1, 7, 9, 6], ...on }],
    ),
    oneOp(
      'PAD 2-D',
      'PAD',
      {},
      [
        feed(rng, [3, 4], on),
        matrix([
          [1, 0],
          [2, 3],
        ]),
      ],
      [{ shape: [4, 9], ...on }],
    ),
    oneOp(
      'PADV2',
      'PADV2',
      {},
      [
        x(),
        matrix([
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ]),
        { shape: [], ...on, constant: Int8Array.of(77) },
      ],
      [{ shape: [1, 6, 8, 5], ...on }],
    ),
    oneOp(
      'MIRROR_PAD reflect',
      'MIRROR_PAD',
      { mode: 'REFLECT' },
      [
        x(),
        matrix([
          [0, 0],
          [1, 2],
          [2, 1],
          [0, 0],
        ]),
      ],
      [{ shape: [1, 7, 9, 5], ...on }],
    ),
    oneOp(
      'MIRROR_PAD symmetric',
      'MIRROR_PAD',
      { mode: 'SYMMETRIC' },
      [
        x(),
        matrix([
          [0, 0],
          [1, 2],
          [2, 1],
          [0, 0],
        ]),
      ],
      [{ shape: [1, 7, 9, 5], ...on }],
    ),
    oneOp('RESHAPE', 'RESHAPE', {}, [x(), integers(6, 20)], [{ shape: [6, 20], ...on }]),
    oneOp('SQUEEZE', 'SQUEEZE', { squeezeDims: [0] }, [x()], [{ shape: [4, 6, 5], ...on }]),
    oneOp(
      'EXPAND_DIMS',
      'EXPAND_DIMS',
      {},
      [x(), integers(1)],
      [{ shape: [1, 1, 4, 6, 5], ...on }],
    ),
    oneOp(
      'TRANSPOSE',
      'TRANSPOSE',
      {},
      [x(), integers(0, 3, 1, 2)],
      [{ shape: [1, 5, 4, 6], ...on }],
    ),
    oneOp(
      'SLICE',
      'SLICE',
      {},
      [x(), integers(0, 1, 2, 0), integers(1, 2, -1, 3)],
      [{ shape: [1, 2, 4, 3], ...on }],
    ),
    oneOp(
      'STRIDED_SLICE',
      'STRIDED_SLICE',
      { ...strided, endMask: 1 },
      [x(), integers(0, 1, 0, 4), integers(1, 4, 6, 0), integers(1, 1, 2, -1)],
      [{ shape: [1, 3, 3, 4], ...on }],
    ),
    oneOp(
      'STRIDED_SLICE shrink',
      'STRIDED_SLICE',
      { ...strided, shrinkAxisMask: 2 },
      [x(), integers(0, 1, 0, 0), integers(1, 2, 6, 5), integers(1, 1, 1, 1)],
      [{ shape: [1, 6, 5], ...on }],
    ),
    oneOp(
      'GATHER',
      'GATHER',
      { axis: 2, batchDims: 0 },
      [x(), integers(5, 0, 2)],
      [{ shape: [1, 4, 3, 5], ...on }],
    ),
    oneOp(
      'PACK',
      'PACK',
      { axis: 1 },
      [feed(rng, [3, 4], on), feed(rng, [3, 4], on)],
      [{ shape: [3, 2, 4], ...on }],
    ),
    oneOp(
      'UNPACK',
      'UNPACK',
      { axis: 1, num: 2 },
      [feed(rng, [3, 2, 4], on)],
      [
        { shape: [3, 4], ...on },
        { shape: [3, 4], ...on },
      ],
    ),
    oneOp(
      'SPLIT',
      'SPLIT',
      { numSplits: 2 },
      [{ shape: [], dtype: 'int32', constant: Int32Array.of(2) }, x()],
      [
        { shape: [1, 4, 3, 5], ...on },
        { shape: [1, 4, 3, 5], ...on },
      ],
    ),
    oneOp(
      'SPLIT_V',
      'SPLIT_V',
      { numSplits: 2 },
      [x(), integers(2, 4), { shape: [], dtype: 'int32', constant: Int32Array.of(2) }],
      [
        { shape: [1, 4, 2, 5], ...on },
        { shape: [1, 4, 4, 5], ...on },
      ],
    ),
    oneOp('TILE', 'TILE', {}, [feed(rng, [2, 3], on), integers(2, 3)], [{ shape: [4, 9], ...on }]),
    oneOp(
      'SPACE_TO_DEPTH',
      'SPACE_TO_DEPTH',
      { blockSize: 2 },
      [x()],
      [{ shape: [1, 2, 3, 20], ...on }],
    ),
    oneOp(
      'DEPTH_TO_SPACE',
      'DEPTH_TO_SPACE',
      { blockSize: 2 },
      [feed(rng, [1, 2, 3, 12], on)],
      [{ shape: [1, 4, 6, 3], ...on }],
    ),
    oneOp(
      'SPACE_TO_BATCH_ND',
      'SPACE_TO_BATCH_ND',
      {},
      [
        x(),
        integers(2, 3),
        matrix([
          [0, 0],
          [0, 0],
        ]),
      ],
      [{ shape: [6, 2, 2, 5], ...on }],
    ),
    oneOp(
      'BATCH_TO_SPACE_ND',
      'BATCH_TO_SPACE_ND',
      {},
      [
        feed(rng, [4, 2, 2, 3], on),
        integers(2, 2),
        matrix([
          [0, 0],
          [0, 1],
        ]),
      ],
      [{ shape: [1, 4, 3, 3], ...on }],
    ),
    oneOp('REVERSE_V2', 'REVERSE_V2', {}, [x(), integers(2)], [{ shape: image, ...on }]),
  ];
}
