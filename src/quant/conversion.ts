/**
 * The converted graph while it is built: each value of the source in the forms that are asked for, made
 * once. Functions give the index of the form in the new graph.
 */
import { IntactError } from '../model/error';
import type { Graph, Node, QuantParams, TensorData, Value } from '../model/graph';
import { numberToHalf } from '../model/half';
import { linksOf } from '../model/links';
import { quantizeBias, quantizeTensor } from './affine';
import { formOf } from './forms';
import type { IntegerType } from './targets/target';
import type { Plan, ValuePlan } from './types';

export interface Conversion {
  readonly source: Graph;
  readonly plan: Plan;
  readonly values: Value[];
  readonly nodes: Node[];
  /** Names given to values so far, and those of the source, which inserted values keep off. */
  readonly used: Set<string>;
  readonly reserved: ReadonlySet<string>;
  readonly nodeNames: Set<string>;
  /** Where an activation was made, in the form it was made in. */
  readonly homes: Map<number, number>;
  /** Other forms of a value, by what they are. */
  readonly forms: Map<string, number>;
  readonly constants: Constants;
}

/** Constants as they were stored, by their float numbers and by form: kept over several conversions, each is made once. */
export type Constants = Map<Value['data'], Map<string, TensorData>>;

export function conversionOf(graph: Graph, plan: Plan, constants: Constants): Conversion {
  return {
    source: graph,
    plan,
    values: [],
    nodes: [],
    used: new Set(),
    reserved: new Set(graph.values.map(({ name }) => name)),
    nodeNames: new Set(graph.nodes.map(({ name }) => name)),
    homes: new Map(),
    forms: new Map(),
    constants,
  };
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

function store({ constants }: Conversion, source: Value, form: ValuePlan, narrow: boolean): Value {
  const { name, shape } = source;
  const key = `${shape.join()} ${signature(form)} ${narrow}`;
  const known = constants.get(source.data) ?? new Map<string, TensorData>();
  constants.set(source.data, known);
  const data = form.rounded ?? known.get(key) ?? stored(source, form, narrow);
  if (!form.rounded) known.set(key, data);
  const { dtype } = form;
  if (dtype === 'float16' || dtype === 'float32') return { name, shape, dtype, data };
  return { name, shape, dtype, data, quant: quantOf(form) };
}

function stored(source: Value, form: ValuePlan, narrow: boolean): TensorData {
  const data = source.data as Float32Array;
  const { name, shape } = source;
  if (form.dtype === 'float16') return Uint16Array.from(data, numberToHalf);
  const { dtype } = form;
  switch (dtype) {
    case 'int8':
    case 'int4':
    case 'int16':
    case 'int32':
      return quantizeTensor(data, shape, form, dtype, narrow);
    case 'int64':
      return quantizeBias(data, shape, form);
    default:
      throw new IntactError('internal', `Constant "${name}" is planned as ${dtype}.`);
  }
}

function unique(wanted: string, taken: readonly ReadonlySet<string>[]): string {
  let name = wanted;
  for (let n = 1; taken.some((set) => set.has(name)); n += 1) name = `${wanted}_${n}`;
  return name;
}

/** Adds a value under a name of the source graph, or another when that was given away. */
function add({ values, used, reserved }: Conversion, value: Value): number {
  const name = used.has(value.name) ? unique(value.name, [used, reserved]) : value.name;
  used.add(name);
  return values.push({ ...value, name }) - 1;
}

function once({ forms }: Conversion, key: string, make: () => number): number {
  let index = forms.get(key);
  if (index === undefined) forms.set(key, (index = make()));
  return index;
}

/** Inserts a QUANTIZE or DEQUANTIZE that makes `to` from `from`. */
function insert(
  { values, nodes, used, reserved, nodeNames }: Conversion,
  op: 'QUANTIZE' | 'DEQUANTIZE',
  from: number,
  to: Value,
  layer: number,
): number {
  const name = unique(to.name, [used, reserved]);
  used.add(name);
  const output = values.push({ ...to, name }) - 1;
  const nodeName = unique(to.name, [nodeNames]);
  nodeNames.add(nodeName);
  nodes.push({ name: nodeName, op, attrs: {}, inputs: [from], outputs: [output], layer });
  return output;
}

function home({ homes, source }: Conversion, index: number): number {
  const at = homes.get(index);
  if (at !== undefined) return at;
  throw new IntactError('internal', `"${source.values[index]!.name}" is read before it is made.`);
}

/** The value without data and parameters; an unknown batch stays one. */
function bare({ source }: Conversion, index: number): Value {
  const { name, shape, signature: unknownBatch, dtype } = source.values[index]!;
  return { name, shape, dtype, ...(unknownBatch ? { signature: unknownBatch } : {}) };
}

/** A graph input: an integer where the border is. */
export function addInput(to: Conversion, index: number): number {
  const known = to.homes.get(index);
  if (known !== undefined) return known;
  return addActivation(to, index, borderForm(to, index));
}

/** The form of a value at an integer border; undefined where it stays as it is. */
function borderForm({ source, plan }: Conversion, index: number): ValuePlan | undefined {
  const { name, dtype } = source.values[index]!;
  return dtype === 'float32' && plan.io !== 'float32' ? formOf(plan, name, plan.io) : undefined;
}

/** The value as a node makes it: an integer with `form`, else as in the source. */
export function addActivation(to: Conversion, index: number, form: ValuePlan | undefined): number {
  const value = bare(to, index);
  const made = add(to, form ? { ...value, dtype: form.dtype, quant: quantOf(form) } : value);
  to.homes.set(index, made);
  return made;
}

/** The value in whichever form it was made; constants as in the source. */
export function asIs(to: Conversion, index: number): number {
  const value = to.source.values[index]!;
  if (value.data === undefined) return home(to, index);
  return once(to, `${index} constant`, () => add(to, value));
}

/** The activation in float32, through a DEQUANTIZE where it was made in integers. */
export function asFloat(to: Conversion, index: number, layer: number): number {
  const from = home(to, index);
  if (to.values[from]!.dtype === 'float32') return from;
  const value = bare(to, index);
  return once(to, `${index} float`, () =>
    insert(to, 'DEQUANTIZE', from, { ...value, name: `${value.name}/dequantize` }, layer),
  );
}

/**
 * The activation in an integer type, with its planned parameters or those that `wanted` asks for. From
 * the other type it comes in one QUANTIZE.
 */
export function asInteger(
  to: Conversion,
  index: number,
  layer: number,
  type: IntegerType,
  wanted?: ValuePlan,
): number {
  const value = bare(to, index);
  const { name } = value;
  const own = formOf(to.plan, name, type);
  if (!own) throw new IntactError('internal', `"${name}" has no place in the plan.`);
  const quantize = (from: number, form: ValuePlan, suffix: string) => {
    const made: Value = {
      ...value,
      name: `${name}/${suffix}`,
      dtype: type,
      quant: quantOf(form),
    };
    return insert(to, 'QUANTIZE', from, made, layer);
  };
  let from = home(to, index);
  if (to.values[from]!.dtype === 'float32') {
    const source = from;
    from = once(to, `${index} ${type}`, () => quantize(source, own, 'quantize'));
  } else if (to.values[from]!.dtype !== type) {
    const form = wanted ?? own;
    return once(to, `${index} ${signature(form)}`, () => quantize(from, form, 'requantize'));
  }
  if (!wanted || sameParams(own, wanted)) return from;
  return once(to, `${index} ${signature(wanted)}`, () => quantize(from, wanted, 'requantize'));
}

/** The constant in this form. `narrow`: a weight, in [−127, 127]. */
export function asConstant(
  to: Conversion,
  index: number,
  form: ValuePlan,
  narrow: boolean,
): number {
  return once(to, `${index} ${signature(form)}`, () =>
    add(to, store(to, to.source.values[index]!, form, narrow)),
  );
}

/** The constant stored in this form and turned back to float32 by a DEQUANTIZE. */
export function asDequantized(
  to: Conversion,
  index: number,
  form: ValuePlan,
  layer: number,
): number {
  const { name, shape } = to.source.values[index]!;
  return once(to, `${index} back from ${signature(form)}`, () => {
    const from = asConstant(to, index, form, true);
    const value: Value = { name: `${name}/dequantize`, shape, dtype: 'float32' };
    return insert(to, 'DEQUANTIZE', from, value, layer);
  });
}

/** What a graph output is made of. */
export function asBorder(to: Conversion, index: number): number {
  const value = to.source.values[index]!;
  if (value.dtype !== 'float32' || value.data !== undefined) return asIs(to, index);
  const producer = to.source.nodes[linksOf(to.source).maker(index) ?? -1];
  const layer = producer?.layer ?? 0;
  const { io } = to.plan;
  return io !== 'float32' && borderForm(to, index)
    ? asInteger(to, index, layer, io)
    : asFloat(to, index, layer);
}
