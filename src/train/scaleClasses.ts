/** Which activations share one scale in the plan, so that it is learned as one. */
import type { Graph, Value } from '../model/graph';
import type { OpName } from '../model/ops';
import type { Plan, ValuePlan } from '../quant/types';
import { layers } from './ops';

/** Runtimes fix the output scale of these. */
const fixedOutput: ReadonlySet<OpName> = new Set<OpName>([
  'SOFTMAX',
  'LOG_SOFTMAX',
  'LOGISTIC',
  'TANH',
  'L2_NORMALIZATION',
]);

export interface ScaleClass {
  readonly plan: ValuePlan;
  readonly members: number[];
  /** Made by an int8 node, and no runtime fixes it: its scale may be learned. */
  learnable: boolean;
}

export const planOf = (plan: Plan, value: Value): ValuePlan | undefined =>
  Object.hasOwn(plan.values, value.name) ? plan.values[value.name] : undefined;

export const isInteger = (plan: Plan | undefined, node: { readonly name: string }): boolean =>
  plan !== undefined &&
  Object.hasOwn(plan.nodes, node.name) &&
  plan.nodes[node.name]!.scheme === 'int8';

/** By value index: activations that have an integer form. */
export function scaleClasses(graph: Graph, plan: Plan): Map<number, ScaleClass> {
  const classes = new Map<number, ScaleClass>();
  graph.values.forEach((value, index) => {
    const form = planOf(plan, value);
    if (!form || value.data !== undefined || value.dtype !== 'float32') return;
    classes.set(index, { plan: form, members: [index], learnable: true });
  });
  const unite = (a: number, b: number) => {
    const [kept, old] = [classes.get(a), classes.get(b)];
    if (!kept || !old || kept === old) return;
    const same =
      kept.plan.scale[0] === old.plan.scale[0] && kept.plan.zeroPoint[0] === old.plan.zeroPoint[0];
    if (!same) return;
    for (const member of old.members) {
      classes.set(member, kept);
      kept.members.push(member);
    }
  };
  for (const node of graph.nodes) {
    if (!isInteger(plan, node) || layers[node.op].kind !== 'moves') continue;
    const [first] = node.outputs;
    for (const other of [...node.outputs.slice(1), ...node.inputs]) unite(first!, other);
  }
  const made = new Set<number>();
  for (const node of graph.nodes) {
    if (!isInteger(plan, node)) continue;
    for (const output of node.outputs) {
      made.add(output);
      const own = classes.get(output);
      if (own && fixedOutput.has(node.op)) own.learnable = false;
    }
  }
  for (const entry of classes.values())
    if (!entry.members.some((member) => made.has(member) && !isHandedOn(graph, plan, member)))
      entry.learnable = false;
  return classes;
}

/** Made by an operator that only hands on what it is given. */
function isHandedOn(graph: Graph, plan: Plan, value: number): boolean {
  const maker = graph.nodes.find(({ outputs }) => outputs.includes(value));
  return maker !== undefined && isInteger(plan, maker) && layers[maker.op].kind === 'moves';
}
