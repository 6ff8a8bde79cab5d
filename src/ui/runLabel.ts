import { stepWord } from '../quant/stepWords';
import { isAsItIs, type RunEntry } from '../state/stores/runs';
import { schemeLabel, settingsOf } from '../state/stores/recipe';

/** "int8 per-channel + 2": the scheme and how many layers were overridden; "float32" or "as it is" without a recipe. */
export function runLabel(entry: Pick<RunEntry, 'run'>): string {
  const { recipe, layers } = entry.run.made;
  if (!recipe || isAsItIs(entry))
    return layers.every(({ scheme }) => scheme === 'float32') ? 'float32' : 'as it is';
  const overrides = Object.keys(settingsOf(recipe)?.overrides ?? {}).length;
  const label = recipe.scheme === 'custom' ? recipe.name : schemeLabel(recipe.scheme);
  const steps = recipe.steps.map((step) => `, ${stepWord(step)}`);
  return `${label}${overrides === 0 ? '' : ` + ${overrides}`}${steps.join('')}`;
}
