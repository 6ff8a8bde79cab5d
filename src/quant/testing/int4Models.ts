/**
 * Models with 4-bit weights, as Intact plans, converts and writes them; what the current LiteRT computes
 * of the files is kept beside them (scripts/fixtures/make_scheme_models.mjs, make_litert_goldens.py).
 */
import { createReferenceBackend } from '../../engine/reference';
import { elementCount, type Graph, type Tensor } from '../../model/graph';
import { optimize } from '../../model/passes/optimize';
import type { OpAttrs } from '../../model/ops';
import { builder, conv, dense, numbers, plain } from '../../testing/graphs';
import { convert } from '../convert';
import { plan } from '../plan';
import { recipeOf, stockRecipe } from '../recipe';
import { calibrate } from '../stats';
import type { Plan, Recipe, RecipeRule } from '../types';

type Granularity = 'CHANNELWISE' | 'TENSORWISE';

/** 4-bit weights everywhere. */
export function everywhere(
  algorithm_key: RecipeRule['algorithm_key'] = 'MSE',
  granularity: Granularity = 'CHANNELWISE',
): Recipe {
  const config = {
    num_bits: 8,
    symmetric: false,
    granularity: 'TENSORWISE',
    dtype: 'INT',
  } as const;
  const op_config: RecipeRule['op_config'] = {
    activation_tensor_config: config,
    weight_tensor_config: { ...config, num_bits: 4, symmetric: true, granularity },
    compute_precision: 'INTEGER',
    explicit_dequantize: false,
  };
  return recipeOf('four bits', 'custom', [
    { regex: '.*', operation: '*', algorithm_key, op_config },
  ]);
}

/** Weights whose output channels (the last axis, else the first) are up to thirty times apart. */
function weights(shape: number[], axis: 0 | 3, seed: number): Float32Array {
  const data = numbers(elementCount(shape), seed);
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  return data.map((x, i) => x * 30 ** -((Math.floor(i / inner) % shape[axis]!) / shape[axis]!));
}

type Convolution = Partial<OpAttrs['CONV_2D']> & { readonly bias?: boolean };

function oneConv(kernel: number, inC: number, outC: number, attrs: Convolution = {}): Graph {
  const b = builder();
  const { bias = true, ...more } = attrs;
  const stride = more.strideH ?? 1;
  const size = more.padding === 'SAME' ? Math.ceil(7 / stride) : Math.ceil((8 - kernel) / stride);
  const ins = [
    b.input('x', [1, 7, 7, inC]),
    b.constant('w', [outC, kernel, kernel, inC], weights([outC, kernel, kernel, inC], 0, 3)),
    ...(bias ? [b.constant('b', [outC], numbers(outC, 4))] : []),
  ];
  return b.graph([b.node('CONV_2D', 'conv', conv(more), ins, [1, size, size, outC])]);
}

function oneDepthwise(kernel: number, inC: number, depthMultiplier: number): Graph {
  const b = builder();
  const outC = inC * depthMultiplier;
  const ins = [
    b.input('x', [1, 6, 7, inC]),
    b.constant('w', [1, kernel, kernel, outC], weights([1, kernel, kernel, outC], 3, 5)),
    b.constant('b', [outC], numbers(outC, 6)),
  ];
  const attrs = { ...conv({ padding: 'SAME' }), depthMultiplier };
  return b.graph([b.node('DEPTHWISE_CONV_2D', 'deep', attrs, ins, [1, 6, 7, outC])]);
}

function oneDense(batch: number, depth: number, units: number, bias = true): Graph {
  const b = builder();
  const ins = [
    b.input('x', [batch, depth]),
    b.constant('w', [units, depth], weights([units, depth], 0, 7)),
    ...(bias ? [b.constant('b', [units], numbers(units, 8))] : []),
  ];
  return b.graph([b.node('FULLY_CONNECTED', 'dense', dense, ins, [batch, units])]);
}

/** Stem, depthwise block with a shortcut, pooling, head. */
export function mobile(): Graph {
  const b = builder();
  const layer = (
    name: string,
    from: number,
    shape: number[],
    kernel: number,
    inC: number,
    stride: number,
  ) =>
    b.node(
      'CONV_2D',
      name,
      conv({ padding: 'SAME', strideH: stride, strideW: stride, activation: 'RELU6' }),
      [
        from,
        b.constant(
          `${name}/w`,
          [shape[3]!, kernel, kernel, inC],
          numbers(shape[3]! * kernel * kernel * inC, inC + kernel).map((x) => x * 0.8),
        ),
        b.constant(`${name}/b`, [shape[3]!], numbers(shape[3]!, 9)),
      ],
      shape,
    );
  const x = b.input('x', [1, 12, 12, 3]);
  const stem = layer('stem', x, [1, 6, 6, 8], 3, 3, 2);
  const deep = b.node(
    'DEPTHWISE_CONV_2D',
    'deep',
    { ...conv({ padding: 'SAME', activation: 'RELU6' }), depthMultiplier: 1 },
    [
      stem,
      b.constant('deep/w', [1, 3, 3, 8], numbers(72, 11)),
      b.constant('deep/b', [8], numbers(8, 12)),
    ],
    [1, 6, 6, 8],
  );
  const point = layer('point', deep, [1, 6, 6, 8], 1, 8, 1);
  const sum = b.node('ADD', 'sum', plain, [stem, point], [1, 6, 6, 8]);
  const mean = b.node(
    'MEAN',
    'mean',
    { keepDims: false },
    [sum, b.integers('axes', [2], [1, 2])],
    [1, 8],
  );
  const head = b.node(
    'FULLY_CONNECTED',
    'head',
    dense,
    [
      mean,
      b.constant('head/w', [5, 8], numbers(40, 13)),
      b.constant('head/b', [5], numbers(5, 14)),
    ],
    [1, 5],
  );
  return b.graph([b.node('SOFTMAX', 'softmax', { beta: 1 }, [head], [1, 5])]);
}

function mlp(): Graph {
  const b = builder();
  const layer = (
    name: string,
    from: number,
    depth: number,
    units: number,
    activation: 'NONE' | 'RELU',
  ) =>
    b.node(
      'FULLY_CONNECTED',
      name,
      { ...dense, activation },
      [
        from,
        b.constant(`${name}/w`, [units, depth], numbers(units * depth, units)),
        b.constant(`${name}/b`, [units], numbers(units, 3)),
      ],
      [1, units],
    );
  const first = layer('first', b.input('x', [1, 31]), 31, 23, 'RELU');
  const second = layer('second', first, 23, 17, 'RELU');
  return b.graph([layer('logits', second, 17, 7, 'NONE')]);
}

/** By name of the fixture. */
export const int4Models: Readonly<Record<string, { make(): Graph; recipe: Recipe }>> = {
  int4_conv_1x1: { make: () => oneConv(1, 5, 7), recipe: everywhere() },
  int4_conv_3x3_relu6: {
    make: () => oneConv(3, 5, 7, { padding: 'SAME', activation: 'RELU6' }),
    recipe: everywhere('OCTAV'),
  },
  int4_conv_3x3_stride_2: {
    make: () => oneConv(3, 3, 5, { padding: 'SAME', strideH: 2, strideW: 2 }),
    recipe: everywhere('min_max_uniform_quantize'),
  },
  int4_conv_no_bias: { make: () => oneConv(3, 4, 8, { bias: false }), recipe: everywhere() },
  int4_conv_per_tensor: { make: () => oneConv(3, 5, 7), recipe: everywhere('MSE', 'TENSORWISE') },
  int4_depthwise: { make: () => oneDepthwise(3, 5, 1), recipe: everywhere() },
  int4_depthwise_multiplier_2: { make: () => oneDepthwise(3, 5, 2), recipe: everywhere() },
  int4_depthwise_12: { make: () => oneDepthwise(3, 12, 1), recipe: everywhere() },
  int4_depthwise_5x5_multiplier_7: { make: () => oneDepthwise(5, 3, 7), recipe: everywhere() },
  int4_depthwise_16: { make: () => oneDepthwise(3, 16, 1), recipe: everywhere() },
  int4_dense_per_tensor_even: {
    make: () => oneDense(2, 32, 17),
    recipe: everywhere('MSE', 'TENSORWISE'),
  },
  int4_dense: { make: () => oneDense(1, 33, 17), recipe: everywhere() },
  int4_dense_batch_4: { make: () => oneDense(4, 64, 10), recipe: everywhere() },
  int4_dense_no_bias: { make: () => oneDense(1, 20, 9, false), recipe: everywhere() },
  int4_dense_per_tensor: {
    make: () => oneDense(2, 33, 17),
    recipe: everywhere('MSE', 'TENSORWISE'),
  },
  int4_mobile: { make: mobile, recipe: stockRecipe('int4') },
  int4_mobile_everywhere: { make: mobile, recipe: everywhere() },
  int4_mlp: { make: mlp, recipe: stockRecipe('int4') },
};

/** The model planned over repeatable samples, and converted. */
export const int4Model = (name: string) => madeModel(int4Models[name]!);

/** The model planned over repeatable samples, and converted. */
export async function madeModel({
  make,
  recipe,
}: {
  make(): Graph;
  recipe: Recipe;
}): Promise<{ float: Graph; plan: Plan; graph: Graph }> {
  const { graph: float } = optimize(make());
  const executable = await createReferenceBackend().prepare(float);
  const at = (sample: number): Tensor[] =>
    float.inputs.map((index) => {
      const { shape, dtype } = float.values[index]!;
      return { shape, dtype, data: numbers(elementCount(shape), sample + 100) };
    });
  const samples = { length: 8, at };
  const run = (feeds: readonly Tensor[], tap?: (index: number, tensor: Tensor) => void) =>
    executable.run(feeds, tap);
  const stats = await calibrate(float, run, samples, recipe.calibration);
  const planned = plan(float, recipe, stats);
  return { float, plan: planned, graph: convert(float, planned) };
}
