/** Trained numbers back into a graph and a plan. */
import type { Graph, TensorData, Value } from '../model/graph';
import type { Plan, ValuePlan } from '../quant/types';
import { unpermuted } from './permute';
import { formOf, type Program } from './program';
import { isInteger } from './scaleClasses';

/** Largest int32 a bias may become: half of what fits (quant/constantPlan.ts). */
const BIAS_MAX = Math.floor(2147483647 / 2);

export function trainedGraph({ graph, sites, layout }: Program, flat: Float32Array): Graph {
  const data = new Map<string, TensorData>();
  const numbers = (index: number) => {
    const { offset, size } = layout.parameters[index]!;
    return flat.slice(offset, offset + size);
  };
  for (const { node, weights, bias, slope } of sites) {
    if (weights?.parameter !== undefined) {
      const made = numbers(weights.parameter);
      data.set(weights.value.name, weights.order ? unpermuted(made, weights.order) : made);
    }
    if (bias?.parameter !== undefined) data.set(bias.value.name, numbers(bias.parameter));
    if (slope !== undefined) data.set(graph.values[node.inputs[1]!]!.name, numbers(slope));
  }
  const values = graph.values.map((value): Value => {
    const trained = data.get(value.name);
    return trained ? { ...value, data: trained } : value;
  });
  return { ...graph, values };
}

/** Scales of activations and weights as learned, of biases and moved constants as they follow. */
export function trainedPlan(program: Program, flat: Float32Array, trained: Graph): Plan {
  const { graph, plan, sites, layout, classes, scaleParameters } = program;
  const values: Record<string, ValuePlan> = { ...plan!.values };
  const number = (index: number) => flat[layout.parameters[index]!.offset]!;
  for (const [index, entry] of classes) {
    const parameter = scaleParameters.get(entry);
    if (parameter === undefined) continue;
    const { name } = graph.values[index]!;
    values[name] = { ...values[name]!, scale: Float32Array.of(number(parameter)) };
  }
  for (const { node, weights, bias, moves } of sites) {
    if (!isInteger(plan, node)) {
      if (weights?.grid) setScale(values, weights.grid.key, scalesOf(weights.grid));
      continue;
    }
    if (moves) {
      const own = values[graph.values[node.outputs[0]!]!.name];
      for (const input of node.inputs) {
        const value = graph.values[input];
        const form = value?.data && value.dtype === 'float32' && formOf(plan, node, value);
        if (form && own) setScale(values, form.key, own.scale);
      }
    }
    if (!weights?.grid) continue;
    const scales = scalesOf(weights.grid);
    const layoutOf = sites.find((site) => site.node === node)!.layout!;
    const input = values[graph.values[node.inputs[layoutOf.data]!]!.name]!.scale[0]!;
    const biasValue = bias && trained.values[graph.values.indexOf(bias.value)];
    if (biasValue) raiseForBias(biasValue.data as Float32Array, scales, input);
    setScale(values, weights.grid.key, scales);
    if (bias?.key !== undefined)
      setScale(
        values,
        bias.key,
        scales.map((scale) => Math.fround(scale * input)),
      );
  }
  return { ...plan!, values };

  function scalesOf(grid: { parameter?: number; start: Float32Array }): Float32Array {
    if (grid.parameter === undefined) return grid.start.slice();
    const { offset, size } = layout.parameters[grid.parameter]!;
    return flat.slice(offset, offset + size);
  }
}

function setScale(values: Record<string, ValuePlan>, key: string, scale: Float32Array): void {
  values[key] = { ...values[key]!, scale };
}

/** Dead channels have tiny scales: their bias must still fit into int32. */
function raiseForBias(bias: Float32Array, scales: Float32Array, inputScale: number): void {
  bias.forEach((x, channel) => {
    const at = scales.length === 1 ? 0 : channel;
    if (Math.abs(x) / Math.fround(scales[at]! * inputScale) <= BIAS_MAX) return;
    scales[at] = Math.fround(Math.fround(Math.abs(x) / BIAS_MAX) / inputScale);
  });
}
