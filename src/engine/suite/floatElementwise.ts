/** Element-wise float, int32 and bool operators, and reductions. */
import type { SuiteCase } from './build';
import {
  boolFeed,
  floatConstant,
  floatFeed,
  inferred,
  int32Feed,
  ints,
  positive,
  scalar,
} from './specs';
import type { Random } from '../../testing/random';

export function elementwise(rng: Random): SuiteCase[] {
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

export function reductions(rng: Random): SuiteCase[] {
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
