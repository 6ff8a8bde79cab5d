/** LiteRT Quantizer's recipes by the names it gives them (ai_edge_quantizer/recipe.py, 0.10; the policy's of static 4-bit weights). */
import { IntactError } from '../model/error';
import { recipeOf, type RecipeOptions } from './newRecipe';
import type { OpConfig, Recipe, RecipeRule, TensorConfig } from './types';

const integer = (
  num_bits: number,
  granularity: TensorConfig['granularity'],
  symmetric = true,
): TensorConfig => ({ num_bits, symmetric, granularity, dtype: 'INT' });

const plain = { skip_checks: false, min_weight_elements: 0 };
const stored = (bits: 4 | 8): OpConfig => ({
  weight_tensor_config: integer(bits, 'CHANNELWISE'),
  ...{ compute_precision: 'FLOAT', explicit_dequantize: true, ...plain },
});
const dynamic = (bits: 4 | 8, least = 0): OpConfig => ({
  weight_tensor_config: integer(bits, 'CHANNELWISE'),
  ...{ compute_precision: 'INTEGER', explicit_dequantize: false, ...plain },
  min_weight_elements: least,
});
const fixed = (weights: 4 | 8, activations: 8 | 16): OpConfig => ({
  activation_tensor_config: integer(activations, 'TENSORWISE', activations === 16),
  weight_tensor_config: integer(weights, 'CHANNELWISE'),
  ...{ compute_precision: 'INTEGER', explicit_dequantize: false, ...plain },
});

const configs = {
  static_wi8_ai8: fixed(8, 8),
  static_wi8_ai16: fixed(8, 16),
  static_wi4_ai8: fixed(4, 8),
  static_wi4_ai16: fixed(4, 16),
  dynamic_wi8_afp32: dynamic(8),
  dynamic_legacy_wi8_afp32: dynamic(8, 1024),
  dynamic_wi4_afp32: dynamic(4),
  weight_only_wi8_afp32: stored(8),
  weight_only_wi4_afp32: stored(4),
} as const satisfies Readonly<Record<string, OpConfig>>;

export type RecipeName = keyof typeof configs;
export const recipeNames = Object.keys(configs) as readonly RecipeName[];

export const isRecipeName = (text: string): text is RecipeName => Object.hasOwn(configs, text);

/** One rule for all layers. Throws `usage` for a name that isn't in the list. */
export function namedRecipe(name: string, options: RecipeOptions = {}): Recipe {
  if (!isRecipeName(name))
    throw new IntactError(
      'usage',
      `LiteRT Quantizer has no recipe "${name}" that Intact makes. Choose one of ${recipeNames.join(', ')}.`,
    );
  const rule: RecipeRule = {
    ...{ regex: '.*', operation: '*', algorithm_key: 'min_max_uniform_quantize' },
    op_config: configs[name],
  };
  return recipeOf(name, 'custom', [rule], options);
}
