/** Cases of operators that move int8 values without arithmetic, and of CONCATENATION and PAD. */
import { random } from '../../testing/random';
import { oneOp, type SuiteCase } from './build';
import { grid, int8Feed, ints, noMasks, pairs, type Shape } from './specs';

function concatenation(seed: number, shapes: readonly Shape[], axis: number): SuiteCase {
  const rng = random(seed);
  const out = grid(rng);
  const at = axis < 0 ? axis + shapes[0]!.length : axis;
  const total = shapes.reduce((sum, shape) => sum + shape[at]!, 0);
  return oneOp(
    `CONCATENATION ${shapes.map((shape) => shape.join('x')).join(' ')} axis ${axis}`,
    'CONCATENATION',
    { axis, activation: 'NONE' },
    shapes.map((shape) => int8Feed(rng, shape, out)),
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
  const x = () => int8Feed(rng, image, on);
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
      [x(), pairs([0, 0], [1, 2], [3, 0], [0, 1])],
      [{ shape: [1, 7, 9, 6], ...on }],
    ),
    oneOp(
      'PAD 2-D',
      'PAD',
      {},
      [int8Feed(rng, [3, 4], on), pairs([1, 0], [2, 3])],
      [{ shape: [4, 9], ...on }],
    ),
    oneOp(
      'PADV2',
      'PADV2',
      {},
      [
        x(),
        pairs([0, 0], [1, 1], [1, 1], [0, 0]),
        { shape: [], ...on, constant: Int8Array.of(77) },
      ],
      [{ shape: [1, 6, 8, 5], ...on }],
    ),
    oneOp(
      'MIRROR_PAD reflect',
      'MIRROR_PAD',
      { mode: 'REFLECT' },
      [x(), pairs([0, 0], [1, 2], [2, 1], [0, 0])],
      [{ shape: [1, 7, 9, 5], ...on }],
    ),
    oneOp(
      'MIRROR_PAD symmetric',
      'MIRROR_PAD',
      { mode: 'SYMMETRIC' },
      [x(), pairs([0, 0], [1, 2], [2, 1], [0, 0])],
      [{ shape: [1, 7, 9, 5], ...on }],
    ),
    oneOp('RESHAPE', 'RESHAPE', {}, [x(), ints(6, 20)], [{ shape: [6, 20], ...on }]),
    oneOp('SQUEEZE', 'SQUEEZE', { squeezeDims: [0] }, [x()], [{ shape: [4, 6, 5], ...on }]),
    oneOp('EXPAND_DIMS', 'EXPAND_DIMS', {}, [x(), ints(1)], [{ shape: [1, 1, 4, 6, 5], ...on }]),
    oneOp('TRANSPOSE', 'TRANSPOSE', {}, [x(), ints(0, 3, 1, 2)], [{ shape: [1, 5, 4, 6], ...on }]),
    oneOp(
      'SLICE',
      'SLICE',
      {},
      [x(), ints(0, 1, 2, 0), ints(1, 2, -1, 3)],
      [{ shape: [1, 2, 4, 3], ...on }],
    ),
    oneOp(
      'STRIDED_SLICE',
      'STRIDED_SLICE',
      { ...noMasks, endMask: 1 },
      [x(), ints(0, 1, 0, 4), ints(1, 4, 6, 0), ints(1, 1, 2, -1)],
      [{ shape: [1, 3, 3, 4], ...on }],
    ),
    oneOp(
      'STRIDED_SLICE shrink',
      'STRIDED_SLICE',
      { ...noMasks, shrinkAxisMask: 2 },
      [x(), ints(0, 1, 0, 0), ints(1, 2, 6, 5), ints(1, 1, 1, 1)],
      [{ shape: [1, 6, 5], ...on }],
    ),
    oneOp(
      'GATHER',
      'GATHER',
      { axis: 2, batchDims: 0 },
      [x(), ints(5, 0, 2)],
      [{ shape: [1, 4, 3, 5], ...on }],
    ),
    oneOp(
      'PACK',
      'PACK',
      { axis: 1 },
      [int8Feed(rng, [3, 4], on), int8Feed(rng, [3, 4], on)],
      [{ shape: [3, 2, 4], ...on }],
    ),
    oneOp(
      'UNPACK',
      'UNPACK',
      { axis: 1, num: 2 },
      [int8Feed(rng, [3, 2, 4], on)],
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
      [x(), ints(2, 4), { shape: [], dtype: 'int32', constant: Int32Array.of(2) }],
      [
        { shape: [1, 4, 2, 5], ...on },
        { shape: [1, 4, 4, 5], ...on },
      ],
    ),
    oneOp('TILE', 'TILE', {}, [int8Feed(rng, [2, 3], on), ints(2, 3)], [{ shape: [4, 9], ...on }]),
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
      [int8Feed(rng, [1, 2, 3, 12], on)],
      [{ shape: [1, 4, 6, 3], ...on }],
    ),
    oneOp(
      'SPACE_TO_BATCH_ND',
      'SPACE_TO_BATCH_ND',
      {},
      [x(), ints(2, 3), pairs([0, 0], [0, 0])],
      [{ shape: [6, 2, 2, 5], ...on }],
    ),
    oneOp(
      'BATCH_TO_SPACE_ND',
      'BATCH_TO_SPACE_ND',
      {},
      [int8Feed(rng, [4, 2, 2, 3], on), ints(2, 2), pairs([0, 0], [0, 1])],
      [{ shape: [1, 4, 3, 3], ...on }],
    ),
    oneOp('REVERSE_V2', 'REVERSE_V2', {}, [x(), ints(2)], [{ shape: image, ...on }]),
  ];
}
