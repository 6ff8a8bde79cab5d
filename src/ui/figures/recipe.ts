/** What made a run, in a few words. */
import { calibrationLabel } from '../../quant/observers';
import { needsCalibration } from '../../quant/recipe';
import { defaultTarget, targetOf } from '../../quant/targets';
import type { Made } from '../../run/types';
import { grouped, none } from '../../analysis/format';

/** "Min-max, 200 samples"; "not needed"; nothing of the model as it is. */
export function calibrationText({ recipe, samples }: Pick<Made, 'recipe' | 'samples'>): string {
  if (!recipe) return none;
  if (!needsCalibration(recipe)) return 'not needed';
  const count = samples.roles.find(({ role }) => role === 'calibration')?.count ?? 0;
  return `${calibrationLabel(recipe.calibration)}, ${grouped(count)} ${count === 1 ? 'sample' : 'samples'}`;
}

/** Label of the runtime that the run is made for, where it isn't the usual one. */
export function otherTarget({ recipe }: Pick<Made, 'recipe'>): string | undefined {
  if (!recipe || recipe.target === defaultTarget) return undefined;
  return targetOf(recipe.target).label;
}
