/** A recipe of given rules, and what its rules need. */
import { defaultCalibration } from './observers';
import { defaultTarget } from './targets';
import type { Recipe, RecipeRule } from './types';

/** True for a rule that quantizes activations ahead of time. */
export const isStatic = ({ algorithm_key, op_config }: RecipeRule): boolean =>
  algorithm_key !== 'float_casting' &&
  algorithm_key !== 'no_quantize' &&
  op_config.activation_tensor_config?.dtype === 'INT';

/** True when the recipe needs activation ranges, and so calibration samples. */
export function needsCalibration({ rules }: Pick<Recipe, 'rules'>): boolean {
  return rules.some(isStatic);
}

/** Everything of a recipe that has a default: current target, min-max, int8 border, no steps. */
export type RecipeOptions = Partial<
  Pick<Recipe, 'target' | 'calibration' | 'ranges' | 'leaveOut' | 'io' | 'steps'>
>;

/** A recipe of these rules. Its border is float32 where no rule quantizes activations, whatever is asked. */
export function recipeOf(
  name: string,
  scheme: Recipe['scheme'],
  rules: readonly RecipeRule[],
  options: RecipeOptions = {},
): Recipe {
  return {
    name,
    scheme,
    target: options.target ?? defaultTarget,
    rules,
    calibration: options.calibration ?? defaultCalibration(),
    ...(options.ranges && Object.keys(options.ranges).length > 0 ? { ranges: options.ranges } : {}),
    ...(options.leaveOut && options.leaveOut.length > 0 ? { leaveOut: options.leaveOut } : {}),
    io: needsCalibration({ rules }) ? (options.io ?? 'int8') : 'float32',
    steps: options.steps ?? [],
  };
}
