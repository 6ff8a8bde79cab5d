/** What a run is called where nobody named it: in reports and in the shell. */
import { stepName } from './settings';
import type { Comparable } from './types';

const schemes: Readonly<Record<string, string>> = {
  float16: 'float16',
  dynamic: 'Dynamic range',
  int8: 'int8 per-channel',
  'int8-per-tensor': 'int8 per-tensor',
};

/** "int8 per-channel, training (QAT)"; "float32" or "as it is" without a recipe. */
export function labelOfRun({ made: { recipe, layers } }: Pick<Comparable, 'made'>): string {
  if (!recipe) return layers.every(({ scheme }) => scheme === 'float32') ? 'float32' : 'as it is';
  const steps = recipe.steps.map((step) =>
    step.control ? 'float trained (control)' : stepName(step.kind),
  );
  return [schemes[recipe.scheme] ?? recipe.name, ...steps].join(', ');
}
