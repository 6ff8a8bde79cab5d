/**
 * One half of a quantization: the float graph with its weights as the plan rounds them, and with its
 * activations on the plan's grids. Both compute in float, so that nothing else differs.
 */
import { numberToHalf, halfToNumber } from '../../model/half';
import type { Graph, Node, Value } from '../../model/graph';
import { dequantizeTensor, quantizeTensor } from '../../quant/affine';
import { constantKey } from '../../quant/constantPlan';
import { formOf } from '../../quant/forms';
import { isIntegerType } from '../../quant/targets/target';
import type { Plan, ValuePlan } from '../../quant/types';

/** Biases stay float: their grid follows from the input's. undefined: this plan stores no weights otherwise. */
export function weightsOnly(graph: Graph, plan: Plan): Graph | undefined {
  const values = [...graph.values];
  const made = new Map<string, number>();
  const nodes = graph.nodes.map((node): Node => {
    if ((plan.nodes[node.name]?.scheme ?? 'float32') === 'float32') return node;
    const inputs = node.inputs.map((index) => {
      const value = graph.values[index];
      if (value?.dtype !== 'float32' || value.data === undefined) return index;
      const key = constantKey(value.name, node.name);
      const own = Object.hasOwn(plan.values, key) ? key : value.name;
      const form = Object.hasOwn(plan.values, own) ? plan.values[own] : undefined;
      const known = made.get(own);
      if (known !== undefined) return known;
      const data = form && asStored(value, form);
      if (!data) return index;
      const name = `${value.name}/stored${made.size}`;
      const place = values.push({ name, shape: value.shape, dtype: 'float32', data }) - 1;
      made.set(own, place);
      return place;
    });
    return { ...node, inputs } as Node;
  });
  return made.size === 0 ? undefined : { ...graph, values, nodes };
}

/** A weight as it is read back from the file. */
function asStored({ data, shape }: Value, form: ValuePlan): Float32Array | undefined {
  const numbers = data as Float32Array;
  switch (form.dtype) {
    case 'int8':
    case 'int4':
    case 'int16': {
      const narrow = form.zeroPoint.every((zero) => zero === 0);
      return dequantizeTensor(
        quantizeTensor(numbers, shape, form, form.dtype, narrow),
        shape,
        form,
      );
    }
    case 'float16':
      return numbers.map((x) => halfToNumber(numberToHalf(x)));
    default:
      return undefined;
  }
}

/** undefined: activations of this plan stay float, or are quantized as they come. */
export function activationsOnly(graph: Graph, plan: Plan): Graph | undefined {
  const values: Value[] = [...graph.values];
  const nodes: Node[] = [];
  const rounded = new Map<string, number>();
  const made = new Set<number>();
  const schemeOf = (node: Node) => plan.nodes[node.name]?.scheme ?? 'float32';
  /** The value on its grid and back. */
  const onGrid = (index: number, form: ValuePlan, layer: number): number => {
    const key = `${index} ${form.dtype}`;
    const known = rounded.get(key);
    if (known !== undefined) return known;
    const { name, shape } = graph.values[index]!;
    const { dtype, scale, zeroPoint, axis } = form;
    const quant = { scale, zeroPoint, axis };
    const add = (suffix: string, value: Omit<Value, 'name' | 'shape'>) =>
      values.push({ ...value, name: `${name}/${suffix} ${dtype}`, shape }) - 1;
    const integers = add('on grid', { dtype, quant });
    const back = add('from grid', { dtype: 'float32' });
    const common = { attrs: {}, layer };
    nodes.push({
      ...common,
      ...{ name: `${name}/on grid ${dtype}`, op: 'QUANTIZE', inputs: [index], outputs: [integers] },
    });
    nodes.push({
      ...common,
      ...{ name: `${name}/from grid ${dtype}`, op: 'DEQUANTIZE' },
      ...{ inputs: [integers], outputs: [back] },
    });
    rounded.set(key, back);
    return back;
  };
  const isActivation = (index: number) => {
    const value = graph.values[index];
    return value?.dtype === 'float32' && value.data === undefined;
  };
  /** As it stands where an integer node made it, or where one of this type reads it. */
  const read = (index: number, type: ValuePlan['dtype'] | undefined, layer: number): number => {
    if (!isActivation(index)) return index;
    const form = isInteger(type) ? formOf(plan, graph.values[index]!.name, type) : undefined;
    const own = made.has(index) ? plan.values[graph.values[index]!.name] : undefined;
    const taken = form ?? own;
    return taken ? onGrid(index, taken, layer) : index;
  };
  for (const node of graph.nodes) {
    const scheme = schemeOf(node);
    const type = isIntegerType(scheme) ? scheme : undefined;
    const inputs = node.inputs.map((index) => read(index, type, node.layer));
    nodes.push({ ...node, inputs } as Node);
    if (type) for (const index of node.outputs) if (isActivation(index)) made.add(index);
  }
  const outputs = graph.outputs.map((index) => read(index, undefined, 0));
  return rounded.size === 0 ? undefined : { ...graph, values, nodes, outputs };
}

const isInteger = (type: ValuePlan['dtype'] | undefined): type is 'int8' | 'int16' =>
  type === 'int8' || type === 'int16';
