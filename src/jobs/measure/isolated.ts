/**
 * Every quantized layer alone on the float model's numbers, all of them in one graph: each layer with
 * its own borders, whose inputs are the float activations. So one run per sample measures all layers.
 */
import type { Graph, Node } from '../../model/graph';
import { elementCount } from '../../model/graph';
import { convert } from '../../quant/convert';
import { plan as planOf } from '../../quant/plan';
import type { LayerFacts } from '../../run/types';
import { outputsByNode, runnable } from '../prepared';
import { steppedPlan, type MadeOf } from './sensitivity';

/** Most bytes of float activations that one graph takes in. */
const MOST_BYTES = 192 * 2 ** 20;

export interface IsolatedGraph {
  readonly graph: Graph;
  /** By value index of `graph`: the layer, and the float graph's value that it is compared with. */
  readonly layers: ReadonlyMap<number, { readonly name: string; readonly float: string }>;
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

/** The layers `names` of the run, each alone; in several graphs where their inputs would take too much memory. */
export function isolatedGraphs(made: MadeOf, names: readonly string[]): IsolatedGraph[] {
  const nodes = new Map(made.graph.nodes.map((node) => [node.name, node]));
  const graphs: IsolatedGraph[] = [];
  let builder = builderOf(made.graph);
  for (const name of names) {
    const node = nodes.get(name)!;
    builder.add(alone(made, node), name, made.graph.values[node.outputs[0]!]!.name);
    if (builder.bytes() < MOST_BYTES) continue;
    graphs.push(builder.built());
    builder = builderOf(made.graph);
  }
  if (builder.bytes() > 0) graphs.push(builder.built());
  return graphs;
}

/** One node between float borders, quantized as it is in the run. */
function alone({ graph, recipe, stats, plan }: MadeOf, node: Node): Graph {
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
  const only = planOf(single, { ...recipe, io: 'float32' }, stats);
  return runnable(convert(single, recipe.steps.length === 0 ? only : steppedPlan(only, plan)));
}

function builderOf({ name, layers }: Graph) {
  const values: Graph['values'][number][] = [];
  const nodes: Node[] = [];
  const inputs = new Map<string, number>();
  const compared = new Map<number, { name: string; float: string }>();
  let bytes = 0;
  let last = -1;
  return {
    bytes: () => bytes,
    add(part: Graph, layer: string, float: string) {
      const prefix = `${nodes.length}:`;
      const moved = part.values.map((value, index) => {
        const isInput = part.inputs.includes(index);
        const known = isInput ? inputs.get(value.name) : undefined;
        if (known !== undefined) return known;
        const to = values.push(isInput ? value : { ...value, name: prefix + value.name }) - 1;
        if (isInput) {
          inputs.set(value.name, to);
          bytes += 4 * elementCount(value.shape);
        }
        return to;
      });
      const at = (index: number) => (index < 0 ? index : moved[index]!);
      const own = outputsByNode(part).get(layer)!;
      for (const node of part.nodes.slice(
        0,
        part.nodes.findIndex(({ outputs }) => outputs[0] === own) + 1,
      ))
        nodes.push({
          ...node,
          name: prefix + node.name,
          inputs: node.inputs.map(at),
          outputs: node.outputs.map(at),
        } as Node);
      last = at(own);
      compared.set(last, { name: layer, float });
    },
    built: (): IsolatedGraph => ({
      graph: { name, layers, values, nodes, inputs: [...inputs.values()], outputs: [last] },
      layers: compared,
    }),
  };
}
