/** Recipe and statistics → what every node and value becomes, and why. Decides; edits nothing. */
import type { Graph } from '../model/graph';
import { keyed, planActivations } from './activationPlan';
import { borderFor } from './border';
import { planConstants } from './constantPlan';
import { decideSchemes, requireQuantizable } from './schemes';
import { targetOf } from './targets';
import type { Plan, Recipe, Stats, ValuePlan } from './types';

/**
 * Plans the conversion of an optimized float graph. `stats` is needed only when activations are
 * quantized, and then must come from the same graph. Throws IntactError: `unsupported` for nodes that
 * can't run (all in `data.list`), quantized graphs and recipes that no kernel takes; `usage` without
 * stats or with a target that isn't known; `bad-data` for NaN or infinity in weights, naming the layer.
 *
 * Plan.values holds, by value name: activations that have an integer form anywhere (in the border too),
 * the second one under formKey, and constants. A constant that nodes need in different forms is planned for its first user under
 * its name, for others under constantKey(value, node).
 */
export function plan(graph: Graph, recipe: Recipe, stats?: Stats): Plan {
  requireQuantizable(graph);
  const target = targetOf(recipe.target);
  const decisions = decideSchemes(graph, recipe, target);
  const activations = planActivations(graph, decisions, target, stats);
  const values = new Map<string, ValuePlan>(keyed(graph, decisions, activations));
  graph.nodes.forEach((node, index) => {
    planConstants(graph, node, decisions[index]!, target, activations, values);
  });
  const planned = Object.fromEntries(values);
  return {
    target: recipe.target,
    nodes: Object.fromEntries(
      graph.nodes.map((node, index) => {
        const { scheme, why } = decisions[index]!;
        return [node.name, { scheme, why }];
      }),
    ),
    values: planned,
    io: borderFor(graph, { values: planned }, recipe.io),
  };
}
