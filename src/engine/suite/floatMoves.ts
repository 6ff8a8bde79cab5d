/** Data movement of float and int32 tensors. */
import type { Spec, SuiteCase } from './build';
import {
  floatConstant,
  floatFeed,
  inferred,
  int32Feed,
  ints,
  noMasks,
  pairs,
  scalar,
  type Shape,
} from './specs';
import type { Random } from '../../testing/random';

export function moves(rng: Random): SuiteCase[] {
  const shape = [2, 3, 4, 5];
  const both = (make: (feed: Spec, label: string) => SuiteCase, own: Shape = shape) => [
    make(floatFeed(rng, own), 'float'),
    make(int32Feed(rng, own, -99, 99), 'int32'),
  ];
  const strided = (label: string, begin: Shape, end: Shape, steps: Shape, own = {}) =>
    inferred(label, 'STRIDED_SLICE', { ...noMasks, ...own }, [
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
