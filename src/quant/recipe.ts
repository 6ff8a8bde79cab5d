/**
 * Recipes: the stock ones, one of the user's own rules, overrides per layer. A recipe says by itself
 * what is done to every layer, whatever the target: its rules are LiteRT Quantizer's and are exported
 * as they stand.
 */
import { isStatic, recipeOf, type RecipeOptions } from './newRecipe';
import { quantizerName } from './operations';
import { isFourBit } from './requests';
import { defaultTarget, targetOf, type Target } from './targets';
import type { OpConfig, Recipe, RecipeRule, SchemeId, TensorConfig } from './types';

type Granularity = TensorConfig['granularity'];

const activations: TensorConfig = {
  num_bits: 8,
  symmetric: false,
  granularity: 'TENSORWISE',
  dtype: 'INT',
};
const weights = (granularity: Granularity, bits: 4 | 8 = 8): TensorConfig => ({
  num_bits: bits,
  symmetric: true,
  granularity,
  dtype: 'INT',
});

const staticConfig = (granularity: Granularity, bits: 4 | 8 = 8): OpConfig => ({
  activation_tensor_config: activations,
  weight_tensor_config: weights(granularity, bits),
  compute_precision: 'INTEGER',
  explicit_dequantize: false,
  skip_checks: false,
  min_weight_elements: 0,
});

/** Smaller weights stay float with dynamic range, as in TFLite's converter (minimum_elements_for_weights). */
const DYNAMIC_MIN_ELEMENTS = 1024;

const dynamicConfig = (granularity: Granularity): OpConfig => ({
  weight_tensor_config: weights(granularity),
  compute_precision: 'INTEGER',
  explicit_dequantize: false,
  skip_checks: false,
  min_weight_elements: DYNAMIC_MIN_ELEMENTS,
});

const float16Config: OpConfig = {
  weight_tensor_config: {
    num_bits: 16,
    symmetric: true,
    granularity: 'TENSORWISE',
    dtype: 'FLOAT',
  },
  compute_precision: 'FLOAT',
  explicit_dequantize: true,
  skip_checks: false,
  min_weight_elements: 0,
};

const rule = (
  op_config: OpConfig,
  algorithm_key: RecipeRule['algorithm_key'] = 'min_max_uniform_quantize',
  operation = '*',
  regex = '.*',
): RecipeRule => ({ regex, operation, algorithm_key, op_config });

/** Per-channel everywhere, but for the ops where the target's stock form is per-tensor. */
function perChannelRules(
  target: Target,
  kind: 'int8' | 'dynamic',
  config: (granularity: Granularity) => OpConfig,
): RecipeRule[] {
  const takes = kind === 'int8' ? Object.keys(target.weights) : [...target.dynamic];
  const perTensor = (Object.keys(target.weights) as (keyof typeof target.weights)[]).filter(
    (op) => takes.includes(op) && target.perChannel[kind][op] !== 'stock',
  );
  return [
    rule(config('CHANNELWISE')),
    ...perTensor.map((op) =>
      rule(config('TENSORWISE'), 'min_max_uniform_quantize', quantizerName(op)),
    ),
  ];
}

/** Ops that LiteRT Quantizer's policy takes in static_wi4_ai8; other weights stay 8-bit in its stock form. */
const FOUR_BIT_OPS = ['CONV_2D', 'FULLY_CONNECTED'] as const;

/** As int8, with 4-bit weights at least squared error where LiteRT Quantizer makes them. */
function fourBitRules(target: Target): RecipeRule[] {
  const granularity = (op: (typeof FOUR_BIT_OPS)[number]): Granularity =>
    target.perChannel.int8[op] === 'stock' ? 'CHANNELWISE' : 'TENSORWISE';
  return [
    ...perChannelRules(target, 'int8', staticConfig),
    ...FOUR_BIT_OPS.map((op) => rule(staticConfig(granularity(op), 4), 'MSE', op)),
  ];
}

const stock: Record<SchemeId, (target: Target) => readonly RecipeRule[]> = {
  float16: () => [rule(float16Config, 'float_casting')],
  dynamic: (target) => perChannelRules(target, 'dynamic', dynamicConfig),
  int8: (target) => perChannelRules(target, 'int8', staticConfig),
  'int8-per-tensor': () => [rule(staticConfig('TENSORWISE'))],
  int4: fourBitRules,
};

/** A stock recipe: its rules ask for what the target's runtime computes best. */
export function stockRecipe(scheme: SchemeId, options: RecipeOptions = {}): Recipe {
  const rules = stock[scheme](targetOf(options.target ?? defaultTarget));
  return recipeOf(scheme, scheme, rules, options);
}

/**
 * The recipe with one more rule for each named node: 'float' leaves it alone, 'int8' quantizes weights
 * and activations, by the recipe's own static 8-bit rules where it has some.
 */
export function withOverrides(
  recipe: Recipe,
  overrides: Readonly<Record<string, 'int8' | 'float'>>,
): Recipe {
  const entries = Object.entries(overrides);
  if (entries.length === 0) return recipe;
  const own = recipe.rules.filter((one) => isStatic(one) && !isFourBit(one));
  const int8 = own.length > 0 ? own : stock.int8(targetOf(recipe.target));
  const float: OpConfig = { compute_precision: 'FLOAT', explicit_dequantize: false };
  const rules = entries.flatMap(([name, choice]): RecipeRule[] => {
    const regex = `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
    return choice === 'float'
      ? [rule(float, 'no_quantize', '*', regex)]
      : int8.map((one) => ({ ...one, regex }));
  });
  return { ...recipe, rules: [...recipe.rules, ...rules] };
}

export { needsCalibration, recipeOf, type RecipeOptions } from './newRecipe';
export { readRecipeJson, writeRecipeJson } from './recipeJson';
