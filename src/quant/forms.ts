/** Forms of activations in a plan: one that is needed in int8 and in int16 has two. */
import type { IntegerType } from './targets/target';
import type { Plan, ValuePlan } from './types';

/** Key in Plan.values of an activation in the type that is not its first. */
export function formKey(value: string, type: IntegerType): string {
  return `${value}@${type}`;
}

/** The value's form in this type. */
export function formOf(
  { values }: Pick<Plan, 'values'>,
  value: string,
  type: IntegerType,
): ValuePlan | undefined {
  for (const key of [value, formKey(value, type)]) {
    const form = Object.hasOwn(values, key) ? values[key] : undefined;
    if (form?.dtype === type) return form;
  }
  return undefined;
}
