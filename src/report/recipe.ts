/** The exported recipe: rules that LiteRT Quantizer reads, and what the figures made with them stand on. */
import { marksOf } from '../analysis/marks';
import { writeRecipeJson } from '../quant/recipe';
import type { Recipe } from '../quant/types';
import type { Made } from '../run/types';

export function recipeFile(
  { subject, samples, issues }: Pick<Made, 'subject' | 'samples' | 'issues'>,
  recipe: Recipe,
): string {
  const { name, target, calibration, ranges, leaveOut, io, steps } = recipe;
  const told = issues.filter(({ severity }) => severity !== 'info');
  return writeRecipeJson(recipe, {
    ...{ name, target, calibration, io, steps },
    ...(ranges ? { ranges } : {}),
    ...(leaveOut ? { leaveOut } : {}),
    model: subject,
    issues: told.map(({ severity, message }) => ({ severity, message })),
    samples: {
      name: samples.name,
      key: samples.key,
      synthetic: samples.synthetic,
      roles: samples.roles.map(({ role, count }) => ({ role, count })),
      checks: samples.checks.map(({ id, label, status, value, sentence }) => ({
        ...{ id, label, status, value, sentence },
      })),
      marks: marksOf(samples).map(({ id, sentence }) => ({ id, sentence })),
    },
  });
}
