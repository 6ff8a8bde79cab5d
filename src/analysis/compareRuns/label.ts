/** What a run is called where nobody named it: in reports and in the shell. */
import { schemeLabel } from '../../quant/stockSchemes';
import { stepWord } from '../../quant/stepWords';
import type { Comparable } from './types';

/** "int8 per-channel, trained"; "float32" or "as it is" without a recipe. */
export function labelOfRun({ made: { recipe, layers } }: Pick<Comparable, 'made'>): string {
  if (!recipe) return layers.every(({ scheme }) => scheme === 'float32') ? 'float32' : 'as it is';
  const steps = recipe.steps.map(stepWord);
  return [recipe.scheme === 'custom' ? recipe.name : schemeLabel(recipe.scheme), ...steps].join(
    ', ',
  );
}
