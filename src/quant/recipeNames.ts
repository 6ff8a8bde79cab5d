/** LiteRT Quantizer's recipes by the names it gives them (ai_edge_quantizer/recipe.py, 0.10; the policy's of static 4-bit weights). */
import { IntactError } from '../model/error';
import { recipeOf, type RecipeOptions } from './newRecipe';
import {
  DYNAMIC_MIN_ELEMENTS,
  dynamicConfig,
  rule,
  staticConfig,
  weightOnlyConfig,
} from './opConfigs';
import type { OpConfig, Recipe } from './types';

const configs = {
  static_wi8_ai8: staticConfig('CHANNELWISE'),
  static_wi8_ai16: staticConfig('CHANNELWISE', 8, 'int16'),
  static_wi4_ai8: staticConfig('CHANNELWISE', 4),
  static_wi4_ai16: staticConfig('CHANNELWISE', 4, 'int16'),
  dynamic_wi8_afp32: dynamicConfig('CHANNELWISE', 8, 0),
  dynamic_legacy_wi8_afp32: dynamicConfig('CHANNELWISE', 8, DYNAMIC_MIN_ELEMENTS),
  dynamic_wi4_afp32: dynamicConfig('CHANNELWISE', 4, 0),
  weight_only_wi8_afp32: weightOnlyConfig('CHANNELWISE'),
  weight_only_wi4_afp32: weightOnlyConfig('CHANNELWISE', 4),
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
  return recipeOf(name, 'custom', [rule(configs[name])], options);
}
