/** Where gradients pass: which nodes train, which are frozen and why. */
import type { Graph, Node } from '../model/graph';
import type { Head } from './heads';
import { layers } from './ops';
import { weightLayouts } from './ops/linear';

export interface Frozen {
  readonly node: string;
  readonly why: string;
}

export interface Flow {
  /** Nodes with weights that a gradient reaches and nobody froze. */
  readonly trains: ReadonlySet<Node>;
  /** Values from which a gradient path leads to a head. */
  readonly reachesHead: ReadonlySet<number>;
  readonly neededByHeads: ReadonlySet<Node>;
  readonly frozen: readonly Frozen[];
  stops(node: Node): boolean;
}

function whyStops(node: Node): string | undefined {
  const layer = layers[node.op];
  if (layer.kind === 'stops') return layer.why;
  if (node.op === 'CAST' && node.attrs.to !== 'float32')
    return 'its result is whole numbers, which have no gradient';
  return undefined;
}

/** Weights or a slope that could train. */
function hasWeights(graph: Graph, node: Node): boolean {
  const position = node.op === 'PRELU' ? 1 : weightLayouts[node.op]?.weights;
  const value = position === undefined ? undefined : graph.values[node.inputs[position] ?? -1];
  return value?.dtype === 'float32' && value.data !== undefined;
}

const constantsKept =
  'its constants stay as they are: the weights of convolutions and dense layers train, and slopes';

export function flowOf(graph: Graph, heads: readonly Head[], frozenNodes: readonly string[]): Flow {
  const reachesHead = new Set(heads.map(({ value }) => value));
  const needed = new Set(reachesHead);
  const neededByHeads = new Set<Node>();
  const passes = new Set<Node>();
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    neededByHeads.add(node);
    for (const input of node.inputs) needed.add(input);
    if (whyStops(node) || !node.outputs.some((output) => reachesHead.has(output))) continue;
    passes.add(node);
    for (const input of node.inputs)
      if (graph.values[input]?.dtype === 'float32') reachesHead.add(input);
  }
  const heldBack = (node: Node) =>
    node.inputs.some((input) => {
      const value = graph.values[input];
      return value?.dtype === 'float32' && value.data !== undefined && value.data.length > 1;
    });
  const byUser = new Set(frozenNodes);
  const trains = new Set<Node>();
  const frozen: Frozen[] = [];
  for (const node of graph.nodes) {
    if (!hasWeights(graph, node)) {
      if (heldBack(node)) frozen.push({ node: node.name, why: constantsKept });
      continue;
    }
    if (byUser.has(node.name)) frozen.push({ node: node.name, why: 'frozen by the recipe' });
    else if (passes.has(node)) trains.add(node);
    else frozen.push({ node: node.name, why: reasonOf(graph, node) });
  }
  return {
    trains,
    reachesHead,
    neededByHeads,
    frozen,
    stops: (node) => whyStops(node) !== undefined,
  };
}

/** The first node after this one at which gradients end. */
function reasonOf(graph: Graph, from: Node): string {
  const seen = new Set(from.outputs);
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => seen.has(input))) continue;
    const why = whyStops(node);
    if (why) return `no gradient comes back through ${node.op} "${node.name}": ${why}`;
    for (const output of node.outputs) seen.add(output);
  }
  return 'no output depends on it';
}
