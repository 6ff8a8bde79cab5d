/**
 * Weights whose integers are not the nearest: they stand in the plan, beside the scale that they are of. The
 * graph keeps its float weights, so that every error is one against the float model, and a layer that is
 * planned otherwise (float, another width) starts from those.
 */
import type { Graph, Node, Value } from '../model/graph';
import { dequantizeTensor } from './affine';
import { constantKey } from './constantPlan';
import type { Plan, ValuePlan } from './types';

export type Rounded = NonNullable<ValuePlan['rounded']>;

/** Key of a node's constant in Plan.values; undefined where it has no form there. */
export function keyOfConstant(plan: Plan, value: Value, node: Node): string | undefined {
  const own = constantKey(value.name, node.name);
  return own in plan.values ? own : value.name in plan.values ? value.name : undefined;
}

/** The plan with these integers for constants, by key of Plan.values. */
export function withRounded(plan: Plan, integers: ReadonlyMap<string, Rounded>): Plan {
  if (integers.size === 0) return plan;
  const values: Record<string, ValuePlan> = { ...plan.values };
  for (const [key, rounded] of integers) {
    const value = values[key];
    if (value) values[key] = { ...value, rounded };
  }
  return { ...plan, values };
}

const sameGrid = (a: ValuePlan, b: ValuePlan) =>
  a.dtype === b.dtype &&
  a.axis === b.axis &&
  a.scale.length === b.scale.length &&
  a.scale.every((scale, channel) => scale === b.scale[channel]);

/** Key → the constant that it is of. */
function constantsByKey({ values, nodes }: Graph, plan: Plan): Map<string, Value> {
  const found = new Map<string, Value>();
  for (const node of nodes)
    for (const index of node.inputs) {
      const value = index < 0 ? undefined : values[index];
      const key = value?.data && keyOfConstant(plan, value, node);
      if (value && key !== undefined) found.set(key, value);
    }
  return found;
}

/** A plan made anew keeps the integers of constants that are the same numbers on the same grid as before. */
export function keptRounding(
  before: { readonly graph: Graph; readonly plan: Plan },
  after: { readonly graph: Graph; readonly plan: Plan },
): Plan {
  const rounded = Object.entries(before.plan.values).filter(([, value]) => value.rounded);
  if (rounded.length === 0) return after.plan;
  const was = constantsByKey(before.graph, before.plan);
  const is = constantsByKey(after.graph, after.plan);
  const kept = rounded.flatMap(([key, value]): [string, Rounded][] => {
    const now = after.plan.values[key];
    const same = now && sameGrid(now, value) && is.get(key)?.data === was.get(key)?.data;
    return same ? [[key, value.rounded!]] : [];
  });
  return withRounded(after.plan, new Map(kept));
}

/**
 * The rounded weights as the graph's own numbers, and a plan that rounds to the nearest: what a training goes
 * on from. Constants in two forms keep their float numbers.
 */
export function bakedRounding(graph: Graph, plan: Plan): { graph: Graph; plan: Plan } {
  if (Object.values(plan.values).every(({ rounded }) => !rounded)) return { graph, plan };
  const forms = new Map<Value, ValuePlan[]>();
  for (const [key, value] of constantsByKey(graph, plan))
    forms.set(value, [...(forms.get(value) ?? []), plan.values[key]!]);
  const values = graph.values.map((value): Value => {
    const [form, ...others] = forms.get(value) ?? [];
    if (!form?.rounded || others.length > 0) return value;
    const { rounded } = form;
    const data =
      rounded instanceof Float32Array ? rounded : dequantizeTensor(rounded, value.shape, form);
    return { ...value, data };
  });
  const bare = Object.entries(plan.values).map(([key, { dtype, scale, zeroPoint, axis, why }]) => [
    key,
    { dtype, scale, zeroPoint, axis, why },
  ]);
  const planned = Object.fromEntries(bare) as Plan['values'];
  return { graph: { ...graph, values }, plan: { ...plan, values: planned } };
}
