/**
 * Whole models in the schemes of int16 activations, stored weights and mixtures, as Intact plans, converts and
 * writes them; what the current LiteRT computes of the files is kept beside them (scripts/fixtures/make_scheme_models.mjs,
 * make_litert_goldens.py).
 */
import { elementCount, type Graph } from '../../model/graph';
import { builder, conv, dense, numbers, plain } from '../../testing/graphs';
import { stockRecipe, withOverrides, type Override } from '../recipe';
import type { Recipe } from '../types';
import { mobile } from './int4Models';

type Builder = ReturnType<typeof builder>;

const scaled = (shape: readonly number[], seed: number, by: number) =>
  numbers(elementCount(shape), seed).map((x) => x * by);

function layer(
  b: Builder,
  name: string,
  from: number,
  sizes: readonly [depth: number, units: number],
  shape: number[],
  activation: 'NONE' | 'RELU' = 'NONE',
): number {
  const [depth, units] = sizes;
  const ins = [
    from,
    b.constant(`${name}/w`, [units, depth], scaled([units, depth], units + depth, 0.5)),
    b.constant(`${name}/b`, [units], numbers(units, 3)),
  ];
  const attrs = { ...dense, activation, keepNumDims: shape.length > 2 };
  return b.node('FULLY_CONNECTED', name, attrs, ins, shape);
}

/** Down by a pool, up by a transposed convolution and a bilinear resize, joined. */
function unet(): Graph {
  const b = builder();
  const convolution = (
    name: string,
    from: number,
    [kernel, inC]: readonly [number, number],
    shape: number[],
    activation: 'NONE' | 'RELU' = 'RELU',
  ) => {
    const size = [shape[3]!, kernel, kernel, inC];
    const ins = [
      from,
      b.constant(`${name}/w`, size, scaled(size, inC + kernel, 0.4)),
      b.constant(`${name}/b`, [shape[3]!], numbers(shape[3]!, 9)),
    ];
    return b.node('CONV_2D', name, conv({ padding: 'SAME', activation }), ins, shape);
  };
  const x = b.input('x', [1, 8, 8, 2]);
  const first = convolution('first', x, [3, 2], [1, 8, 8, 6]);
  const window = { padding: 'VALID', strideH: 2, strideW: 2, filterH: 2, filterW: 2 } as const;
  const down = b.node('MAX_POOL_2D', 'down', { ...window, ...plain }, [first], [1, 4, 4, 6]);
  const deep = convolution('deep', down, [3, 6], [1, 4, 4, 8]);
  const up = b.node(
    'TRANSPOSE_CONV',
    'up',
    { padding: 'SAME', strideH: 2, strideW: 2, activation: 'NONE' },
    [
      b.integers('size', [4], [1, 8, 8, 6]),
      b.constant('up/w', [6, 3, 3, 8], scaled([6, 3, 3, 8], 21, 0.4)),
      deep,
      b.constant('up/b', [6], numbers(6, 22)),
    ],
    [1, 8, 8, 6],
  );
  const wide = b.node(
    'RESIZE_BILINEAR',
    'wide',
    { alignCorners: false, halfPixelCenters: true },
    [deep, b.integers('wide/size', [2], [8, 8])],
    [1, 8, 8, 8],
  );
  const leaky = b.node('LEAKY_RELU', 'leaky', { alpha: 0.2 }, [up], [1, 8, 8, 6]);
  const all = b.node(
    'CONCATENATION',
    'all',
    { axis: 3, ...plain },
    [leaky, first, wide],
    [1, 8, 8, 20],
  );
  const last = convolution('last', all, [1, 20], [1, 8, 8, 1], 'NONE');
  return b.graph([b.node('LOGISTIC', 'mask', {}, [last], [1, 8, 8, 1])]);
}

function autoencoder(): Graph {
  const b = builder();
  const sizes = [40, 24, 6, 24, 40];
  let at = b.input('x', [1, 40]);
  for (let i = 1; i < sizes.length; i++)
    at = layer(
      ...([b, `dense${i}`, at, [sizes[i - 1]!, sizes[i]!], [1, sizes[i]!]] as const),
      i < 4 ? 'RELU' : 'NONE',
    );
  return b.graph([at]);
}

/** Self-attention over six positions, gated: BATCH_MATMUL, SOFTMAX, TANH, LOGISTIC, MUL, ADD, MEAN. */
function attention(): Graph {
  const b = builder();
  const x = b.input('x', [1, 6, 10]);
  const [q, k, v, gate] = ['q', 'k', 'v', 'gate'].map((name) =>
    layer(b, name, x, [10, 10], [1, 6, 10]),
  ) as [number, number, number, number];
  const products = { adjX: false, asymmetricQuantizeInputs: false };
  const scores = b.node('BATCH_MATMUL', 'scores', { ...products, adjY: true }, [q, k], [1, 6, 6]);
  const soft = b.node('SOFTMAX', 'soft', { beta: 1 }, [scores], [1, 6, 6]);
  const mixed = b.node(
    'BATCH_MATMUL',
    'mixed',
    { ...products, adjY: false },
    [soft, v],
    [1, 6, 10],
  );
  const open = b.node('LOGISTIC', 'open', {}, [gate], [1, 6, 10]);
  const bent = b.node('TANH', 'bent', {}, [mixed], [1, 6, 10]);
  const gated = b.node('MUL', 'gated', plain, [bent, open], [1, 6, 10]);
  const sum = b.node('ADD', 'sum', plain, [gated, x], [1, 6, 10]);
  const axes = b.integers('axes', [1], [1]);
  const mean = b.node('MEAN', 'mean', { keepDims: false }, [sum, axes], [1, 10]);
  return b.graph([layer(b, 'head', mean, [10, 3], [1, 3])]);
}

/** Every kind of layer beside every other. */
const mixture: Readonly<Record<string, Override>> = {
  stem: 'int16',
  deep: 'int8',
  point: 'int16-int4',
  sum: 'int8',
  mean: 'float',
  head: 'int4',
  softmax: 'int16',
};

/** By name of the fixture. */
export const schemeModels: Readonly<Record<string, { make(): Graph; recipe: Recipe }>> = {
  scheme_int16_mobile: { make: mobile, recipe: stockRecipe('int16x8', { io: 'int16' }) },
  scheme_int16_mobile_float_io: { make: mobile, recipe: stockRecipe('int16x8', { io: 'float32' }) },
  scheme_int16_unet: { make: unet, recipe: stockRecipe('int16x8', { io: 'int16' }) },
  scheme_int16_autoencoder: { make: autoencoder, recipe: stockRecipe('int16x8', { io: 'int16' }) },
  scheme_int16_attention: { make: attention, recipe: stockRecipe('int16x8', { io: 'int16' }) },
  scheme_int16_int4_mobile: { make: mobile, recipe: stockRecipe('int16x4', { io: 'int16' }) },
  scheme_mixed_mobile: {
    make: mobile,
    recipe: withOverrides(stockRecipe('int8', { io: 'int16' }), mixture),
  },
  scheme_mixed_attention: {
    make: attention,
    recipe: withOverrides(stockRecipe('int8', { io: 'int8' }), {
      scores: 'int16',
      mixed: 'int16',
      soft: 'int16',
      open: 'int16',
      sum: 'int16',
    }),
  },
  scheme_weights8_unet: { make: unet, recipe: stockRecipe('weight-only') },
  scheme_weights4_mobile: { make: mobile, recipe: stockRecipe('weight-only-int4') },
};
