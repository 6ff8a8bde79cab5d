/**
 * Carries out a plan. Names survive: a node keeps its name, and the value that it makes keeps its
 * name whatever its type. What is inserted is named after the value it converts: `x/quantize`,
 * `x/dequantize` (also of constants), `x/requantize` for int8 → int8, the node and its output alike.
 * With a float32 border the graph's inputs keep their names as float values, and its outputs are
 * `x/dequantize`; with an int8 border both have the float graph's names.
 */
import type { Graph, Node, Value } from '../model/graph';
import { conversionOf, type Conversion } from './conversion';
import { constantKey } from './constantPlan';
import { targetOf, type Target } from './targets';
import type { Plan, ValuePlan } from './types';

/**
 * Applies `plan` to the float graph that it was made for. Neither is changed. The result rounds as the
 * plan's target does (`Graph.rounding`).
 */
export function convert(graph: Graph, plan: Plan): Graph {
  const target = targetOf(plan.target);
  const conversion = conversionOf(graph, plan);
  const inputs = graph.inputs.map((index) => conversion.addInput(index));
  for (const node of graph.nodes) convertNode(graph, node, plan, target, conversion);
  const outputs = graph.outputs.map((index) => conversion.border(index));
  return { ...conversion.finish(inputs, outputs), rounding: target.rounding.perChannel };
}

function convertNode(
  graph: Graph,
  node: Node,
  plan: Plan,
  target: Target,
  conversion: Conversion,
): void {
  const scheme = plan.nodes[node.name]?.scheme ?? 'float32';
  const rule = target.int8[node.op];
  const layout = target.weights[node.op];
  const planned = (value: Value): ValuePlan | undefined =>
    plan.values[constantKey(value.name, node.name)] ?? plan.values[value.name];
  const shared = scheme === 'int8' && rule?.output === 'same';

  const inputs = node.inputs.map((index, position) => {
    const value = graph.values[index];
    if (index < 0 || !value) return -1;
    if (value.dtype !== 'float32') return conversion.asIs(index);
    if (value.data === undefined) {
      if (scheme !== 'int8') {
        return target.anyType.has(node.op)
          ? conversion.asIs(index)
          : conversion.float(index, node.layer);
      }
      const wanted = shared ? plan.values[graph.values[node.outputs[0]!]!.name] : undefined;
      return conversion.int8(index, node.layer, wanted);
    }
    const form = planned(value);
    if (scheme === 'float32' || !form) return conversion.asIs(index);
    const isWeight = position === layout?.weights;
    if (scheme === 'float16') return conversion.dequantized(index, form, node);
    if (scheme === 'weight-only') {
      return isWeight ? conversion.dequantized(index, form, node) : conversion.asIs(index);
    }
    if (scheme === 'dynamic' && !isWeight) return conversion.asIs(index);
    return conversion.constant(index, form, node, isWeight);
  });

  const outputs = node.outputs.map((index) => {
    const value = graph.values[index]!;
    const form =
      scheme === 'int8' && value.dtype === 'float32' ? plan.values[value.name] : undefined;
    return conversion.addActivation(index, form);
  });
  const attrs =
    scheme === 'dynamic' && 'asymmetricQuantizeInputs' in node.attrs
      ? { ...node.attrs, asymmetricQuantizeInputs: true }
      : node.attrs;
  conversion.addNode({ ...node, attrs, inputs, outputs } as Node);
}
