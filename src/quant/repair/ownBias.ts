/** Every layer that can be corrected gets a bias that nobody else reads: zeros where it had none. The function stays. */
import type { Graph, Node } from '../../model/graph';
import { addValue, consumersOf, draftOf, finish, setNode } from '../../model/passes/draft';
import { linearNode } from '../../model/passes/linearNode';
import { formOf } from '../forms';
import { keyOfConstant } from '../rounded';
import { isIntegerType } from '../targets/target';
import type { Plan, ValuePlan } from '../types';
import { why } from '../why';

/** Names of the nodes whose weights lie on a grid of integers. */
export function onGrid(graph: Graph, plan: Plan): string[] {
  const draft = draftOf(graph);
  return graph.nodes.flatMap((node) => {
    const linear = linearNode(draft, node);
    const value = linear && graph.values[node.inputs[linear.weights]!];
    const key = value ? keyOfConstant(plan, value, node) : undefined;
    const dtype = key === undefined ? undefined : plan.values[key]!.dtype;
    return dtype === 'int8' || dtype === 'int4' ? [node.name] : [];
  });
}

/** The graph, and the plan with a form for each new bias that is an integer. */
export function withOwnBiases(
  graph: Graph,
  plan: Plan,
  names: ReadonlySet<string>,
): { readonly graph: Graph; readonly plan: Plan } {
  const draft = draftOf(graph);
  const values: Record<string, ValuePlan> = { ...plan.values };
  graph.nodes.forEach((node, index) => {
    const linear = names.has(node.name) ? linearNode(draft, node) : null;
    if (!linear) return;
    const old = node.inputs[linear.bias] ?? -1;
    if (old >= 0 && consumersOf(draft, old).length === 1 && !draft.outputs.includes(old)) return;
    const data = linear.offsets?.slice() ?? new Float32Array(linear.channels);
    const name = `${node.name}/bias`;
    const shape = [linear.channels];
    const bias = addValue(draft, { name, shape, dtype: 'float32', data });
    const inputs = [...node.inputs];
    while (inputs.length <= linear.bias) inputs.push(-1);
    inputs[linear.bias] = bias;
    setNode(draft, index, { ...node, inputs } as Node);
    const form = biasForm(graph, plan, node, linear);
    if (form) values[draft.values[bias]!.name] = form;
  });
  return { graph: finish(draft), plan: { ...plan, values } };
}

/** Scale of the input times those of the weights; undefined where the bias stays float. */
function biasForm(
  graph: Graph,
  plan: Plan,
  node: Node,
  {
    data,
    weights,
    bias,
  }: { readonly data: number; readonly weights: number; readonly bias: number },
): ValuePlan | undefined {
  const scheme = plan.nodes[node.name]?.scheme;
  if (!isIntegerType(scheme)) return undefined;
  const had = graph.values[node.inputs[bias] ?? -1];
  const key = had && keyOfConstant(plan, had, node);
  if (key !== undefined) return plan.values[key];
  const constant = graph.values[node.inputs[weights]!]!;
  const input = formOf(plan, graph.values[node.inputs[data]!]!.name, scheme);
  const grid = plan.values[keyOfConstant(plan, constant, node)!]!;
  if (!input) return undefined;
  return {
    dtype: scheme === 'int16' ? 'int64' : 'int32',
    scale: grid.scale.map((scale) => Math.fround(scale * input.scale[0]!)),
    zeroPoint: new Int32Array(grid.scale.length),
    axis: 0,
    why: why('input-scale-times-weight-scale', {}),
  };
}
