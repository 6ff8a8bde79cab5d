/** What is being tried of one layer, as the recipe's change that it is. */
import { needsCalibration, overrideChoices, type Override } from '../../quant/recipe';
import type { RecipeChange } from '../../quant/change';
import type { LayerFacts, Run } from '../../run/types';

export interface Draft {
  readonly range?: readonly [number, number] | undefined;
  readonly precision?: Override | undefined;
}

export const noDraft: Draft = { range: undefined, precision: undefined };

export function changeOf(layer: string, { range, precision }: Draft): RecipeChange {
  const [min, max] = range ?? [];
  return {
    ...(min !== undefined && max !== undefined
      ? { ranges: { [layer]: { method: 'given', min, max } } }
      : {}),
    ...(precision ? { overrides: { [layer]: precision } } : {}),
  };
}

/** What this layer can be made instead; nothing where the run has no recipe. 4 bits and granularity need weights. */
export function precisionsFor(
  { made: { recipe } }: Pick<Run, 'made'>,
  { params = 0, op }: Partial<Pick<LayerFacts, 'params'>> & Pick<LayerFacts, 'op'>,
): readonly (typeof overrideChoices)[number][] {
  if (!recipe) return [];
  if (!needsCalibration(recipe)) return overrideChoices.filter(({ id }) => id === 'float');
  const weighted = params > 0 && /CONV|FULLY_CONNECTED|EMBEDDING/.test(op);
  const ofWeights: readonly Override[] = ['int4', 'int16-int4', 'int8-channel', 'int8-tensor'];
  return overrideChoices.filter(({ id }) => weighted || !ofWeights.includes(id));
}
