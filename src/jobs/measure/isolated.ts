/** Every quantized layer alone: a graph of its own between float borders, whose inputs are float activations. */
import type { Graph, Node } from '../../model/graph';
import { convert, type Constants } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import type { LayerFacts } from '../../run/types';
import { runnable } from '../prepared';
import { steppedPlan, type MadeOf } from './madeOf';

export interface AloneLayer {
  /** Node of the float graph. */
  readonly name: string;
  /** Its inputs are the float graph's values, by name; its outputs stand for the node's own, in their order. */
  readonly graph: Graph;
}

/** Nodes that only relabel or move bytes lose nothing of their own. */
const movers: ReadonlySet<string> = new Set<Node['op']>([
  'RESHAPE',
  'SQUEEZE',
  'EXPAND_DIMS',
  'TRANSPOSE',
]);
/** Does quantizing this layer change a number? */
export const isMeasurable = ({ scheme, op }: LayerFacts): boolean =>
  scheme !== 'float32' && !movers.has(op);

/** The layers `names` of the run, each alone. @param constants of the run's converted graph: held and packed once */
export function layersAlone(
  made: MadeOf,
  names: readonly string[],
  constants?: Constants,
): AloneLayer[] {
  const nodes = new Map(made.graph.nodes.map((node) => [node.name, node]));
  // One recipe for all: its rules are compiled once.
  const own: MadeOf = { ...made, recipe: { ...made.recipe, io: 'float32' } };
  return names.map((name) => ({ name, graph: alone(own, nodes.get(name)!, constants) }));
}

/** One node between float borders, quantized as it is in the run. */
function alone({ graph, recipe, stats, plan }: MadeOf, node: Node, constants?: Constants): Graph {
  const used = [...new Set([...node.inputs, ...node.outputs])].filter((index) => index >= 0);
  const moved = new Map(used.map((index, position) => [index, position]));
  const at = (index: number) => moved.get(index) ?? -1;
  const inputs = [...new Set(node.inputs)].filter(
    (index) => index >= 0 && !graph.values[index]!.data,
  );
  const single: Graph = {
    ...graph,
    values: used.map((index) => graph.values[index]!),
    nodes: [{ ...node, inputs: node.inputs.map(at), outputs: node.outputs.map(at) } as Node],
    inputs: inputs.map(at),
    outputs: node.outputs.map(at),
  };
  const only = planOf(single, recipe, stats);
  const own = recipe.steps.length === 0 ? only : steppedPlan(only, plan);
  return runnable(convert(single, own, constants));
}
