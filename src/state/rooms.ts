/**
 * Stand-ins for functions of the rooms below, in their agreed signatures, until those are there.
 * Each is replaced by a re-export from its room.
 */
import type { Calibration, Recipe, RecipeRule, SchemeId } from '../quant/types';
import type { Run } from '../jobs/types';

export function stockRecipe(
  scheme: SchemeId,
  options: { calibration?: Calibration; io?: 'int8' | 'float32'; seed?: number } = {},
): Recipe {
  return {
    name: scheme,
    scheme,
    rules: [],
    calibration: options.calibration ?? { method: 'minmax' },
    io: options.io ?? 'float32',
    seed: options.seed ?? 0,
  };
}

export function withOverrides(
  recipe: Recipe,
  overrides: Readonly<Record<string, 'int8' | 'float'>>,
): Recipe {
  const rules = Object.entries(overrides).map(([name, choice]): RecipeRule => ({
    regex: `^${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`,
    operation: '*',
    algorithm_key: choice === 'float' ? 'no_quantize' : 'min_max_uniform_quantize',
    op_config: { compute_precision: 'INTEGER', explicit_dequantize: false },
  }));
  return { ...recipe, rules: [...recipe.rules, ...rules] };
}

export function layersCsv(run: Run): string {
  return ['layer,type,scheme', ...run.layers.map((l) => `${l.id},${l.type},${l.scheme}`)].join(
    '\n',
  );
}

export function recipeJson(recipe: Recipe): string {
  return JSON.stringify(recipe.rules, null, 2);
}
