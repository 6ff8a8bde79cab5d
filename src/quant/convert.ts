/**
 * Carries out a plan. Names survive: a node keeps its name, and the value that it makes keeps its
 * name whatever its type. What is inserted is named after the value it converts: `x/quantize`,
 * `x/dequantize` (also of constants), `x/requantize` for integers → integers, the node and its output alike.
 * With a float32 border the graph's inputs keep their names as float values, and its outputs are
 * `x/dequantize`; with an integer border both have the float graph's names.
 */
import type { Graph, Node, Value } from '../model/graph';
import { splitActivation } from '../model/passes/splitActivation';
import {
  addActivation,
  addInput,
  asBorder,
  asConstant,
  asDequantized,
  asFloat,
  asInteger,
  asIs,
  conversionOf,
  type Constants,
  type Conversion,
} from './conversion';
import { constantKey } from './constantPlan';
import { targetOf, type Target } from './targets';
import { isIntegerType } from './targets/target';
import type { NodeScheme, Plan, ValuePlan } from './types';

export type { Constants };

/**
 * Applies `plan` to the float graph that it was made for. Neither is changed. The result rounds as the
 * plan's target does (`Graph.rounding`). @param constants shared with other conversions of the same numbers
 */
export function convert(graph: Graph, plan: Plan, constants: Constants = new Map()): Graph {
  const target = targetOf(plan.target);
  const to = conversionOf(graph, plan, constants);
  const inputs = graph.inputs.map((index) => addInput(to, index));
  for (const node of graph.nodes) convertNode(to, node, target);
  const outputs = graph.outputs.map((index) => asBorder(to, index));
  const { values, nodes } = to;
  const rounding = target.rounding.perChannel;
  const made: Graph = { ...graph, values, nodes, inputs, outputs, rounding };
  return target.fusesTransposeConv ? made : splitActivation(made);
}

function convertNode(to: Conversion, node: Node, target: Target): void {
  const { source, plan } = to;
  const scheme = plan.nodes[node.name]?.scheme ?? 'float32';
  const inputs = node.inputs.map((index, position) => {
    const value = source.values[index];
    if (index < 0 || !value) return -1;
    if (value.dtype !== 'float32') return asIs(to, index);
    return value.data === undefined
      ? activation(to, node, index, scheme, target)
      : constant(to, node, position, scheme, target);
  });
  const outputs = node.outputs.map((index) => {
    const value = source.values[index]!;
    const form =
      isIntegerType(scheme) && value.dtype === 'float32' ? plan.values[value.name] : undefined;
    return addActivation(to, index, form);
  });
  const attrs =
    scheme === 'dynamic' && 'asymmetricQuantizeInputs' in node.attrs
      ? { ...node.attrs, asymmetricQuantizeInputs: true }
      : node.attrs;
  to.nodes.push({ ...node, attrs, inputs, outputs } as Node);
}

function activation(
  to: Conversion,
  node: Node,
  index: number,
  scheme: NodeScheme,
  target: Target,
): number {
  if (!isIntegerType(scheme)) {
    return target.anyType.has(node.op) ? asIs(to, index) : asFloat(to, index, node.layer);
  }
  const output = to.source.values[node.outputs[0]!]!;
  const shared = target[scheme][node.op]?.output === 'same';
  const wanted = shared ? to.plan.values[output.name] : undefined;
  return asInteger(to, index, node.layer, scheme, wanted);
}

function constant(
  to: Conversion,
  node: Node,
  position: number,
  scheme: NodeScheme,
  target: Target,
): number {
  const index = node.inputs[position]!;
  const form = formOf(to.plan, to.source.values[index]!, node);
  if (scheme === 'float32' || !form) return asIs(to, index);
  const isWeight = position === target.weights[node.op]?.weights;
  switch (scheme) {
    case 'float16':
      return asDequantized(to, index, form, node.layer);
    case 'weight-only':
      return isWeight
        ? asDequantized(to, index, form, node.layer)
        : asFloatConstant(to, index, form);
    case 'dynamic':
      return isWeight ? asConstant(to, index, form, true) : asFloatConstant(to, index, form);
    case 'int8':
    case 'int16':
      return asConstant(to, index, form, isWeight);
    default:
      return scheme satisfies never;
  }
}

/** A bias beside weights that float arithmetic reads: its own numbers, or those that stand in the plan. */
const asFloatConstant = (to: Conversion, index: number, form: ValuePlan): number =>
  form.dtype === 'float32' ? asConstant(to, index, form, false) : asIs(to, index);

const formOf = (plan: Plan, value: Value, node: Node): ValuePlan | undefined =>
  plan.values[constantKey(value.name, node.name)] ?? plan.values[value.name];
