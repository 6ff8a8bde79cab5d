/** What stands at the border of an exported model: the one definition that plan, export and screen share. */
import type { Graph } from '../model/graph';
import { formOf } from './forms';
import { integerTypes } from './targets/target';
import type { Border, Plan } from './types';

/**
 * Borders that a plan of this float graph can be converted with: an integer type only where some
 * input or output of the graph has a form in it, and all that have an integer form have it.
 */
export function bordersOf(graph: Graph, plan: Pick<Plan, 'values'>): readonly Border[] {
  const values = [...graph.inputs, ...graph.outputs].flatMap((index) => {
    const value = graph.values[index]!;
    return value.dtype === 'float32' && !value.data ? [value.name] : [];
  });
  const integer = values.filter((name) => integerTypes.some((type) => formOf(plan, name, type)));
  const types = integerTypes.filter((type) => integer.every((name) => formOf(plan, name, type)));
  return integer.length > 0 ? [...types, 'float32'] : ['float32'];
}

/** The border that is asked for, or what is possible instead: another integer type, then float32. */
export function borderFor(graph: Graph, plan: Pick<Plan, 'values'>, asked: Border): Border {
  const possible = bordersOf(graph, plan);
  return possible.includes(asked) ? asked : possible[0]!;
}

/** The plan with another border. The graph that it converts to differs at inputs and outputs only. */
export function withBorder(plan: Plan, io: Border): Plan {
  return plan.io === io ? plan : { ...plan, io };
}
