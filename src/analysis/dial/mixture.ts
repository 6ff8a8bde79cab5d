/** A mixture of a run's precisions as the request of a run of its own. */
import { withoutOverrides } from '../../quant/mixed';
import { withOverrides } from '../../quant/recipe';
import type { Recipe } from '../../quant/types';
import type { DialPoint } from '../../run/dial';
import type { Run } from '../../run/types';

export interface MixtureRequest {
  readonly recipe: Recipe;
  /** The run whose steps are kept as they came out; absent: there were none. */
  readonly from?: Pick<Run, 'id' | 'made'>;
}

/** Training and repairs are not carried out again: the mixture starts from what they made. */
export function mixtureRequest(
  { id, made }: Pick<Run, 'id' | 'made'>,
  { overrides }: Pick<DialPoint, 'overrides'>,
): MixtureRequest {
  const recipe = withOverrides(withoutOverrides(made.recipe!), overrides);
  const stepped = recipe.steps.length > 0 || made.from !== undefined;
  return stepped ? { recipe: { ...recipe, steps: [] }, from: { id, made } } : { recipe };
}
