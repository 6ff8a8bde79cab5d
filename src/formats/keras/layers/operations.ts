/**
 * Functions that were called on tensors of a functional model: Keras 3 operation nodes
 * (keras.src.ops…) and TensorFlow's TFOpLambda. Simple arithmetic; the rest is named and refused.
 */
import { activate, isActivationName } from './activation';
import { field, floats, isJson, scalar } from './fields';
import type { CallArgument, LayerCall } from './layer';
import { axisIn, emit, floatConstant, intConstant, malformed, shapeOf, unsupported } from './layer';
import { transposeTo } from './layer';

const plain = { activation: 'NONE' } as const;

/** 'math.reduce_mean', 'TrueDivide', '__operators__.add' → 'reduce_mean', 'true_divide', 'add'. */
function canonical(name: string): string {
  const last = name.split('.').at(-1) ?? name;
  return last.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** The name of the function that an operation node calls; undefined for an ordinary layer. */
export function operationName(spec: {
  readonly type: string;
  readonly module: string;
  readonly config: unknown;
}): string | undefined {
  if (/^keras\.(src\.)?ops\b/.test(spec.module)) return canonical(spec.type);
  if ((spec.type === 'TFOpLambda' || spec.type === 'SlicingOpLambda') && isJson(spec.config)) {
    const name = field(spec.config, 'function');
    return typeof name === 'string' ? canonical(name) : undefined;
  }
  return undefined;
}

/** An argument by position, else by one of its names in the call or in the operation's config. */
function argument(
  call: LayerCall,
  position: number,
  ...names: readonly string[]
): CallArgument | undefined {
  const given = call.args[position];
  if (given !== undefined) return given;
  for (const name of names) {
    if (Object.hasOwn(call.kwargs, name)) return call.kwargs[name];
    const json = field(call.config, name);
    if (json !== undefined) return { json };
  }
  return undefined;
}

function plainArgument(call: LayerCall, position: number, ...names: readonly string[]): unknown {
  const found = argument(call, position, ...names);
  if (found === undefined) return undefined;
  if ('value' in found) return unsupported('an argument that is computed by the model.');
  return scalar(found.json) ?? undefined;
}

function nestedShape(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...nestedShape(value[0])] : [];
}

/** A tensor, or numbers as a constant. */
function tensor(call: LayerCall, found: CallArgument | undefined, name: string): number {
  if (found === undefined) return malformed(`it lacks the argument ${name}.`);
  if ('value' in found) return found.value;
  const json = scalar(found.json);
  const numbers = floats(json);
  if (numbers === undefined) return unsupported(`an argument ${name} that is no number.`);
  return floatConstant(call, name, nestedShape(json), numbers);
}

function integerList(value: unknown): number[] {
  const list = floats(value);
  if (list === undefined || !list.every(Number.isInteger))
    return unsupported('sizes or axes that are not fixed numbers.');
  return list;
}

type Rule = (call: LayerCall) => number;

const pair = (call: LayerCall): [number, number] => [
  tensor(call, argument(call, 0, 'x', 'x1', 'a'), 'x'),
  tensor(call, argument(call, 1, 'y', 'x2', 'b'), 'y'),
];
const one = (call: LayerCall) =>
  tensor(call, argument(call, 0, 'x', 'input', 'input_tensor', 'features', 'tensor'), 'x');

const arithmetic =
  (op: 'ADD' | 'SUB' | 'MUL' | 'DIV'): Rule =>
  (call) =>
    emit(call, op, plain, pair(call));
const comparison =
  (op: 'MAXIMUM' | 'MINIMUM' | 'POW' | 'SQUARED_DIFFERENCE'): Rule =>
  (call) =>
    emit(call, op, {}, pair(call));
type Unary = 'NEG' | 'ABS' | 'SQUARE' | 'SQRT' | 'RSQRT' | 'EXP' | 'LOG' | 'SIN' | 'COS' | 'FLOOR';
const unary =
  (op: Unary | 'LOGISTIC' | 'CEIL' | 'ROUND' | 'SIGN'): Rule =>
  (call) =>
    emit(call, op, {}, [one(call)]);

const reduction =
  (op: 'MEAN' | 'SUM' | 'REDUCE_MAX' | 'REDUCE_MIN'): Rule =>
  (call) => {
    const input = one(call);
    const rank = shapeOf(call, input).length;
    const given = plainArgument(call, 1, 'axis');
    const axes =
      given === undefined
        ? Array.from({ length: rank }, (_, axis) => axis)
        : integerList(given).map((axis) => axisIn(axis, rank));
    if (axes.includes(0)) return unsupported('a reduction over the batch.');
    const keepDims = plainArgument(call, 2, 'keepdims') === true;
    return emit(call, op, { keepDims }, [input, intConstant(call, 'axes', axes)]);
  };

function reshape(call: LayerCall): number {
  const input = one(call);
  const raw = plainArgument(call, 1, 'newshape', 'shape');
  if (!Array.isArray(raw)) return unsupported('a reshape to a size that is not fixed.');
  const shape = integerList(raw.map((size: unknown) => size ?? -1));
  // The first size is the batch; with another size left open it is the 1 that the graph has.
  const open = shape.slice(1).includes(-1);
  const target = [open ? 1 : -1, ...shape.slice(1)];
  if (shape[0] !== -1 && shape[0] !== 1) return unsupported('a reshape that changes the batch.');
  return emit(call, 'RESHAPE', {}, [input, intConstant(call, 'shape', target)]);
}

function expandDims(call: LayerCall): number {
  const input = one(call);
  const [axis = 0] = integerList(plainArgument(call, 1, 'axis'));
  const at = axisIn(axis, shapeOf(call, input).length + 1);
  return emit(call, 'EXPAND_DIMS', {}, [input, intConstant(call, 'axis', [at], [])]);
}

function squeeze(call: LayerCall): number {
  const input = one(call);
  const rank = shapeOf(call, input).length;
  const squeezeDims = integerList(plainArgument(call, 1, 'axis')).map((axis) => axisIn(axis, rank));
  return emit(call, 'SQUEEZE', { squeezeDims }, [input]);
}

function concatenate(call: LayerCall): number {
  const tensors = call.args.flatMap((item) => ('value' in item ? [item.value] : []));
  const rest = call.args.find((item) => 'json' in item);
  const given = rest !== undefined && 'json' in rest ? rest.json : plainArgument(call, 99, 'axis');
  const rank = tensors[0] === undefined ? 0 : shapeOf(call, tensors[0]).length;
  const axis = axisIn(integerList(given ?? -1)[0] ?? -1, rank);
  return emit(call, 'CONCATENATION', { axis, activation: 'NONE' }, tensors);
}

function clip(call: LayerCall): number {
  const low = tensor(call, argument(call, 1, 'x_min', 'clip_value_min'), 'min');
  const high = tensor(call, argument(call, 2, 'x_max', 'clip_value_max'), 'max');
  return emit(call, 'MINIMUM', {}, [emit(call, 'MAXIMUM', {}, [one(call), low], 'max'), high]);
}

/** Slices: {start, stop, step}, in Keras 3 as the config of a '__slice__'. */
function getItem(call: LayerCall): number {
  const input = one(call);
  const key = plainArgument(call, 1, 'key', 'slice_spec');
  const items: unknown[] = Array.isArray(key) ? key : [key];
  const bound = (value: unknown): number | undefined => {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    return unsupported('a slice whose bounds are no fixed numbers.');
  };
  let [beginMask, endMask, shrinkAxisMask] = [0, 0, 0];
  const ranges = items.map((item, axis) => {
    if (typeof item === 'number') {
      if (axis === 0) return unsupported('a slice that takes the batch away.');
      shrinkAxisMask |= 1 << axis;
      return { start: item, stop: item + 1, step: 1 };
    }
    const slice = isJson(item) && isJson(item['config']) ? item['config'] : item;
    if (!isJson(slice) || !('start' in slice))
      return unsupported('a slice other than numbers and ranges.');
    const [start, stop] = [bound(slice['start']), bound(slice['stop'])];
    if (start === undefined) beginMask |= 1 << axis;
    if (stop === undefined) endMask |= 1 << axis;
    return { start: start ?? 0, stop: stop ?? 0, step: bound(slice['step']) ?? 1 };
  });
  const attrs = { beginMask, endMask, shrinkAxisMask, ellipsisMask: 0, newAxisMask: 0 };
  const operand = (name: 'start' | 'stop' | 'step') =>
    intConstant(
      call,
      name,
      ranges.map((range) => range[name]),
    );
  const operands = [input, operand('start'), operand('stop'), operand('step')];
  return emit(call, 'STRIDED_SLICE', { ...attrs, offset: false }, operands);
}

const rules: Readonly<Record<string, Rule>> = {
  add: arithmetic('ADD'),
  subtract: arithmetic('SUB'),
  sub: arithmetic('SUB'),
  multiply: arithmetic('MUL'),
  mul: arithmetic('MUL'),
  divide: arithmetic('DIV'),
  truediv: arithmetic('DIV'),
  true_divide: arithmetic('DIV'),
  maximum: comparison('MAXIMUM'),
  minimum: comparison('MINIMUM'),
  power: comparison('POW'),
  pow: comparison('POW'),
  squared_difference: comparison('SQUARED_DIFFERENCE'),
  negative: unary('NEG'),
  neg: unary('NEG'),
  absolute: unary('ABS'),
  abs: unary('ABS'),
  square: unary('SQUARE'),
  sqrt: unary('SQRT'),
  rsqrt: unary('RSQRT'),
  exp: unary('EXP'),
  log: unary('LOG'),
  sin: unary('SIN'),
  cos: unary('COS'),
  floor: unary('FLOOR'),
  ceil: unary('CEIL'),
  sign: unary('SIGN'),
  mean: reduction('MEAN'),
  reduce_mean: reduction('MEAN'),
  sum: reduction('SUM'),
  reduce_sum: reduction('SUM'),
  max: reduction('REDUCE_MAX'),
  amax: reduction('REDUCE_MAX'),
  reduce_max: reduction('REDUCE_MAX'),
  min: reduction('REDUCE_MIN'),
  amin: reduction('REDUCE_MIN'),
  reduce_min: reduction('REDUCE_MIN'),
  reshape,
  transpose: (call) =>
    transposeTo(call, one(call), integerList(plainArgument(call, 1, 'axes', 'perm'))),
  expand_dims: expandDims,
  squeeze,
  concatenate,
  concat: concatenate,
  clip,
  clip_by_value: clip,
  get_item: getItem,
  getitem: getItem,
  identity: one,
  stop_gradient: one,
};

/**
 * The function behind a class without a module: Keras 3's legacy .h5 leaves modules out, so that the
 * operation Add (of `x + 1.0`) reads like the layer Add. A number among the arguments, or a class that
 * is no layer, tells them apart.
 */
export function bareOperationName(
  type: string,
  call: LayerCall,
  isLayer: boolean,
): string | undefined {
  const name = canonical(type);
  const numbers = call.args.some((item) => 'json' in item && item.json !== null);
  return Object.hasOwn(rules, name) && (numbers || !isLayer) ? name : undefined;
}

/** Emits the nodes of an operation node. Throws `unsupported` for functions that aren't listed. */
export function operation(call: LayerCall, name: string): number {
  if (Object.hasOwn(rules, name)) return rules[name]!(call);
  if (isActivationName(name)) {
    const axis = plainArgument(call, 1, 'axis');
    if (axis !== undefined && axis !== -1) return unsupported(`${name} along an axis of its own.`);
    if (name !== 'relu' && name !== 'relu6' && call.args.length > 1)
      return unsupported(`${name} with arguments.`);
    return activate(call, name, one(call), '');
  }
  return unsupported(`the function "${name}" is not one that Intact knows.`);
}
