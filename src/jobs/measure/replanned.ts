/** Plans a run anew: with other statistics or another recipe, as long as its plan is what its recipe makes. */
import { IntactError } from '../../model/error';
import type { Graph } from '../../model/graph';
import { convert, type Constants } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import type { Plan, Recipe, Stats } from '../../quant/types';
import { canonical } from '../../run/keys';
import type { Made } from '../../run/types';
import { runnable } from '../prepared';

/** A run that was quantized here. */
export interface QuantizedMade {
  readonly graph: Graph;
  readonly recipe: Recipe;
  readonly plan: Plan;
  readonly stats?: Stats;
}

/** @throws IntactError `usage` for a run without a recipe: float, or quantized elsewhere */
export function quantizedHere(
  { recipe, plan, graph, stats }: Pick<Made, 'recipe' | 'plan' | 'graph' | 'stats'>,
  what: string,
): QuantizedMade {
  if (!recipe || !plan)
    throw new IntactError(
      'usage',
      `This run is the model as it is in its file: ${what}. Open the float model that it was made from, and quantize it here.`,
    );
  return { graph, recipe, plan, ...(stats ? { stats } : {}) };
}

/** Steps such as a training settle how a graph rounds: then the recipe alone doesn't make the run's plan. */
export function isSettledByStep({ graph, recipe, plan, stats }: QuantizedMade): boolean {
  if (recipe.steps.length === 0) return false;
  const numbers = ({ values }: Plan) =>
    canonical(
      Object.entries(values)
        .map(([name, { dtype, scale, zeroPoint }]) => [name, dtype, [...scale], [...zeroPoint]])
        .sort(([a], [b]) => (a! < b! ? -1 : 1)),
    );
  return numbers(planOf(graph, recipe, stats)) !== numbers(plan);
}

/** The run's graph by this plan, ready to run. */
export const replanned = (
  graph: Graph,
  recipe: Recipe,
  stats: Stats | undefined,
  constants: Constants,
): Graph => runnable(convert(graph, planOf(graph, recipe, stats), constants));
