/** Recipe and statistics → what every node and value becomes, and why. Decides; edits nothing. */
import type { Graph } from '../model/graph';
import { planActivations } from './activationPlan';
import { bordersOf } from './border';
import { planConstants } from './constantPlan';
import { decideSchemes, requireQuantizable } from './schemes';
import { targetOf } from './targets';
import type { Plan, Recipe, Stats, ValuePlan } from './types';

/**
 * Plans the conversion of an optimized float graph. `stats` is needed only when activations are
 * quantized, and then must come from the same graph. Throws IntactError: `unsupported` for nodes that
 * can't run (all in `data.list`), quantized graphs and recipes beyond 8 bits; `usage` without
 * stats or with a target that isn't known; `bad-data` for NaN or infinity in weights, naming the layer.
 *
 * Plan.values holds, by value name: activations that have an int8 form anywhere (in the border too),
 * and constants. A constant that nodes need in different forms is planned for its first user under
 * its name, for others under constantKey(value, node).
 */
export function plan(graph: Graph, recipe: Recipe, stats?: Stats): Plan {
  requireQuantizable(graph);
  const target = targetOf(recipe.target);
  const decisions = decideSchemes(graph, recipe, target);
  const activations = planActivations(graph, decisions, target, stats);
  const values = new Map<string, ValuePlan>();
  for (const [index, entry] of activations) values.set(graph.values[index]!.name, entry.plan);
  graph.nodes.forEach((node, index) => {
    planConstants(graph, node, decisions[index]!, target, activations, values);
  });
  const planned = Object.fromEntries(values);
  const possible = bordersOf(graph, { values: planned });
  return {
    target: recipe.target,
    nodes: Object.fromEntries(
      graph.nodes.map((node, index) => {
        const { scheme, why } = decisions[index]!;
        return [node.name, { scheme, why }];
      }),
    ),
    values: planned,
    io: possible.includes(recipe.io) ? recipe.io : 'float32',
  };
}
