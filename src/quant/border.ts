/** What stands at the border of an exported model: the one definition that plan, export and screen share. */
import type { Graph } from '../model/graph';
import type { Border, Plan } from './types';

/**
 * Borders that a plan of this float graph can be converted with: int8 only where some input or output
 * of the graph has an int8 form.
 */
export function bordersOf(graph: Graph, { values }: Pick<Plan, 'values'>): readonly Border[] {
  const some = [...graph.inputs, ...graph.outputs].some((index) => {
    const { name, dtype, data } = graph.values[index]!;
    return dtype === 'float32' && !data && Object.hasOwn(values, name);
  });
  return some ? ['int8', 'float32'] : ['float32'];
}

/** The plan with another border. The graph that it converts to differs at inputs and outputs only. */
export function withBorder(plan: Plan, io: Border): Plan {
  return plan.io === io ? plan : { ...plan, io };
}
