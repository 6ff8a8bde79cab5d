/** The converted graph while it is built: each value of the source in the forms that are asked for. */
import { IntactError } from '../model/error';
import type { Graph, Node, QuantParams, Value } from '../model/graph';
import { numberToHalf } from '../model/half';
import { quantizeTensor } from './affine';
import type { Plan, ValuePlan } from './types';

export interface Conversion {
  /** A graph input: int8 where the border is. */
  addInput(index: number): number;
  /** The value as a node makes it: int8 with `form`, else as in the source. */
  addActivation(index: number, form: ValuePlan | undefined): number;
  addNode(node: Node): void;
  /** The value in whichever form it was made; constants as in the source. */
  asIs(index: number): number;
  /** The activation in float32, through a DEQUANTIZE where it was made in int8. */
  float(index: number, layer: number): number;
  /** The activation in int8, with its planned parameters or those that `wanted` asks for. */
  int8(index: number, layer: number, wanted?: ValuePlan): number;
  /** The constant in this form. `narrow`: a weight, in [−127, 127]. */
  constant(index: number, form: ValuePlan, node: Node, narrow: boolean): number;
  /** The constant stored in this form and turned back to float32 by a DEQUANTIZE. */
  dequantized(index: number, form: ValuePlan, node: Node): number;
  /** What a graph output is made of. */
  border(index: number): number;
  finish(inputs: number[], outputs: number[]): Graph;
}

const quantOf = ({ scale, zeroPoint, axis }: ValuePlan): QuantParams => ({
  scale,
  zeroPoint,
  axis,
});

const sameParams = (a: ValuePlan, b: ValuePlan) =>
  a.scale[0] === b.scale[0] && a.zeroPoint[0] === b.zeroPoint[0];

const signature = ({ dtype, axis, scale, zeroPoint }: ValuePlan) =>
  `${dtype} ${axis} ${scale.join()} ${zeroPoint.join()}`;

function store(source: Value, form: ValuePlan, narrow: boolean): Value {
  const data = source.data as Float32Array;
  const { name, shape } = source;
  if (form.dtype === 'float16') {
    return { name, shape, dtype: 'float16', data: Uint16Array.from(data, numberToHalf) };
  }
  if (form.dtype !== 'int8' && form.dtype !== 'int32') {
    throw new IntactError('internal', `Constant "${name}" is planned as ${form.dtype}.`);
  }
  const quantized = quantizeTensor(data, shape, form, form.dtype, narrow);
  return { name, shape, dtype: form.dtype, data: quantized, quant: quantOf(form) };
}

export function conversionOf(graph: Graph, plan: Plan): Conversion {
  const values: Value[] = [];
  const nodes: Node[] = [];
  const used = new Set<string>();
  const reserved = new Set(graph.values.map(({ name }) => name));
  const nodeNames = new Set(graph.nodes.map(({ name }) => name));
  /** Where an activation was made, in the form it was made in. */
  const homes = new Map<number, number>();
  /** Other forms of a value, by what they are. */
  const forms = new Map<string, number>();

  const unique = (wanted: string, taken: ReadonlySet<string>[]): string => {
    let name = wanted;
    for (let n = 1; taken.some((set) => set.has(name)); n += 1) name = `${wanted}_${n}`;
    return name;
  };
  /** Adds a value under a name of the source graph, or another when that was given away. */
  const add = (value: Value): number => {
    const name = used.has(value.name) ? unique(value.name, [used, reserved]) : value.name;
    used.add(name);
    return values.push({ ...value, name }) - 1;
  };
  const once = (key: string, make: () => number): number => {
    let index = forms.get(key);
    if (index === undefined) forms.set(key, (index = make()));
    return index;
  };
  /** Inserts a QUANTIZE or DEQUANTIZE that makes `to` from `from`. */
  const insert = (op: 'QUANTIZE' | 'DEQUANTIZE', from: number, to: Value, layer: number) => {
    const name = unique(to.name, [used, reserved]);
    used.add(name);
    const output = values.push({ ...to, name }) - 1;
    const nodeName = unique(to.name, [nodeNames]);
    nodeNames.add(nodeName);
    nodes.push({ name: nodeName, op, attrs: {}, inputs: [from], outputs: [output], layer });
    return output;
  };
  const home = (index: number): number => {
    const at = homes.get(index);
    if (at !== undefined) return at;
    throw new IntactError('internal', `"${graph.values[index]!.name}" is read before it is made.`);
  };
  const bare = (index: number): Value => {
    const { name, shape, signature: unknownBatch, dtype } = graph.values[index]!;
    return { name, shape, dtype, ...(unknownBatch ? { signature: unknownBatch } : {}) };
  };
  const planned = (index: number): ValuePlan | undefined => plan.values[graph.values[index]!.name];

  const conversion: Conversion = {
    addInput(index) {
      const known = homes.get(index);
      if (known !== undefined) return known;
      const isFloat = graph.values[index]!.dtype === 'float32';
      return conversion.addActivation(
        index,
        isFloat && plan.io === 'int8' ? planned(index) : undefined,
      );
    },
    addActivation(index, form) {
      const value = bare(index);
      const made = add(form ? { ...value, dtype: 'int8', quant: quantOf(form) } : value);
      homes.set(index, made);
      return made;
    },
    addNode(node) {
      nodes.push(node);
    },
    asIs(index) {
      const value = graph.values[index]!;
      if (value.data === undefined) return home(index);
      return once(`${index} constant`, () => add(value));
    },
    float(index, layer) {
      const from = home(index);
      if (values[from]!.dtype === 'float32') return from;
      const { name } = graph.values[index]!;
      return once(`${index} float`, () =>
        insert('DEQUANTIZE', from, { ...bare(index), name: `${name}/dequantize` }, layer),
      );
    },
    int8(index, layer, wanted) {
      const own = planned(index);
      const { name } = graph.values[index]!;
      if (!own) throw new IntactError('internal', `"${name}" has no place in the plan.`);
      let from = home(index);
      if (values[from]!.dtype === 'float32') {
        const to: Value = { ...bare(index), dtype: 'int8', quant: quantOf(own) };
        const source = from;
        from = once(`${index} int8`, () =>
          insert('QUANTIZE', source, { ...to, name: `${name}/quantize` }, layer),
        );
      }
      if (!wanted || sameParams(own, wanted)) return from;
      const to: Value = { ...bare(index), dtype: 'int8', quant: quantOf(wanted) };
      return once(`${index} ${signature(wanted)}`, () =>
        insert('QUANTIZE', from, { ...to, name: `${name}/requantize` }, layer),
      );
    },
    constant(index, form, _node, narrow) {
      return once(`${index} ${signature(form)}`, () =>
        add(store(graph.values[index]!, form, narrow)),
      );
    },
    dequantized(index, form, node) {
      const { name, shape } = graph.values[index]!;
      return once(`${index} back from ${signature(form)}`, () => {
        const from = conversion.constant(index, form, node, true);
        const to: Value = { name: `${name}/dequantize`, shape, dtype: 'float32' };
        return insert('DEQUANTIZE', from, to, node.layer);
      });
    },
    border(index) {
      const value = graph.values[index]!;
      if (value.dtype !== 'float32' || value.data !== undefined) return conversion.asIs(index);
      const producer = graph.nodes.find((node) => node.outputs.includes(index));
      const layer = producer?.layer ?? 0;
      return plan.io === 'int8' && planned(index)
        ? conversion.int8(index, layer)
        : conversion.float(index, layer);
    },
    finish: (inputs, outputs) => ({ ...graph, values, nodes, inputs, outputs }),
  };
  return conversion;
}
