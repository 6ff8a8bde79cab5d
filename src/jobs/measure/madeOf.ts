/** What a run was made of, and how a layer by itself rounds as it does there. */
import type { Graph } from '../../model/graph';
import type { Plan, Recipe, Stats } from '../../quant/types';

/** What a run was made of, as far as one layer of it goes. */
export interface MadeOf {
  /** The float graph that the plan was made for. */
  readonly graph: Graph;
  readonly recipe: Recipe;
  readonly stats?: Stats;
  readonly plan: Plan;
}

/** `only` with the parameters that the values have in the whole plan, where they have the same form. */
export function steppedPlan(only: Plan, whole: Plan): Plan {
  const values = Object.entries(only.values).map(([name, value]) => {
    const own = whole.values[name];
    const same = own?.dtype === value.dtype && own.scale.length === value.scale.length;
    return [name, same ? own : value] as const;
  });
  // Float biases that were corrected have no other place.
  const floats = Object.entries(whole.values).filter(
    ([, { dtype, rounded }]) => dtype === 'float32' && rounded,
  );
  return { ...only, values: Object.fromEntries([...values, ...floats]) };
}
