/**
 * The float model with each layer's quantized twin as a branch of it: one run keeps every activation, and
 * each branch then computes the layer in int8 and what follows it, nothing else.
 */
import type { Branch } from '../../engine/engine';
import type { Graph } from '../../model/graph';
import type { AloneLayer } from './isolated';
import { joiner } from './joined';

export interface Branched {
  readonly graph: Graph;
  /** One a layer, in their order. */
  readonly branches: readonly Branch[];
}

export function branched(
  float: Graph,
  layers: readonly AloneLayer[],
  rounding?: Graph['rounding'],
): Branched {
  const { values, nodes, part } = joiner(false);
  const main = part(float, '', new Map());
  for (const index of float.inputs) main.at(index);
  for (const node of float.nodes) main.push(node);
  const byValue = new Map(float.values.map(({ name }, index) => [name, index]));
  const byNode = new Map(float.nodes.map((node) => [node.name, node]));
  const branches = layers.map(({ name, graph }, number): Branch => {
    const given = new Map(
      graph.inputs.map((index) => [index, main.at(byValue.get(graph.values[index]!.name)!)]),
    );
    const own = part(graph, `alone ${number} `, given);
    const constant = new Set<number>();
    const isConstant = (index: number) =>
      index < 0 || graph.values[index]!.data !== undefined || constant.has(index);
    const added: number[] = [];
    for (const node of graph.nodes) {
      own.push(node);
      // What depends on constants alone is computed once, with the model.
      if (node.inputs.every(isConstant)) for (const output of node.outputs) constant.add(output);
      else added.push(nodes.length - 1);
    }
    const instead = byNode
      .get(name)!
      .outputs.map((index, at) => [main.at(index), own.at(graph.outputs[at]!)] as const);
    return { nodes: added, instead };
  });
  const graph: Graph = {
    ...float,
    ...(rounding ? { rounding } : {}),
    values,
    nodes,
    inputs: float.inputs.map(main.at),
    outputs: float.outputs.map(main.at),
  };
  return { graph, branches };
}
