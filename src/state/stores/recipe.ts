/**
 * What the recipe panel says. `recipeOf` makes the recipe of it and `settingsOf` goes back, so that a
 * run carries its recipe alone. There is no seed here: what draws samples at random is the data's,
 * what a step draws is the step's.
 */
import { createStore } from 'zustand/vanilla';
import { calibrationProblem, defaultCalibration } from '../../quant/observers';
import {
  overrideChoices,
  overridesOf,
  stockRecipe,
  withOverrides,
  type Override,
} from '../../quant/recipe';
import { quantizesActivations, schemeLabel, schemes } from '../../quant/stockSchemes';
import { defaultTarget } from '../../quant/targets';
import type { Border, Calibration, Recipe, SchemeId, Step, TargetId } from '../../quant/types';
import { recipeKey } from '../../run/keys';

export { overrideChoices, type Override };

export interface RecipeSettings {
  readonly scheme: SchemeId;
  readonly target: TargetId;
  readonly calibration: Calibration;
  readonly io: Border;
  /** By layer id. */
  readonly overrides: Readonly<Record<string, Override>>;
  /** By layer id, another way to choose its range. */
  readonly ranges?: Recipe['ranges'];
  readonly steps: readonly Step[];
  /** Keys of samples that are left out of calibration. */
  readonly leaveOut?: Recipe['leaveOut'];
}

export { quantizesActivations, schemeLabel, schemes };

export const createRecipeStore = () =>
  createStore<RecipeSettings>()(() => ({
    scheme: 'int8',
    target: defaultTarget,
    calibration: defaultCalibration(),
    io: 'float32',
    overrides: {},
    steps: [],
  }));

/** Why these settings can't be carried out, in a sentence: what the observer would refuse. */
export function settingsProblem(settings: RecipeSettings): string | undefined {
  return quantizesActivations(settings.scheme)
    ? calibrationProblem(settings.calibration)
    : undefined;
}

export function recipeOf(settings: RecipeSettings): Recipe {
  const { scheme, target, calibration, overrides, ranges, leaveOut } = settings;
  // What repairs integers has nothing to do in a scheme that computes in floats.
  const steps = quantizesActivations(scheme) ? settings.steps : [];
  const io = quantizesActivations(scheme) ? settings.io : 'float32';
  return withOverrides(
    stockRecipe(scheme, {
      ...{ target, calibration, io, steps },
      ...(ranges ? { ranges } : {}),
      ...(leaveOut ? { leaveOut } : {}),
    }),
    overrides,
  );
}

/** The panel's settings that make this recipe; undefined where no settings do (a recipe from elsewhere). */
export function settingsOf(recipe: Recipe): RecipeSettings | undefined {
  const { scheme, target, calibration, ranges, leaveOut, io, steps } = recipe;
  if (scheme === 'custom') return undefined;
  const base = {
    ...{ scheme, target, calibration, io, steps, overrides: {} },
    ...(ranges ? { ranges } : {}),
    ...(leaveOut ? { leaveOut } : {}),
  };
  const added = recipe.rules.slice(recipeOf(base).rules.length);
  const overrides = overridesOf(added);
  // Rules of the scheme's own grain are "int8"; those of the other are a choice of their own.
  const withInt8 = (from: Override, to: Override) =>
    Object.fromEntries(
      Object.entries(overrides).map(([name, choice]) => [name, choice === from ? to : choice]),
    );
  return [withInt8('int8-tensor', 'int8'), overrides, withInt8('int8', 'int8-channel')]
    .map((one): RecipeSettings => ({ ...base, overrides: one }))
    .find((settings) => recipeKey(recipeOf(settings)) === recipeKey(recipe));
}
