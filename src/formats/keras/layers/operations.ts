/**
 * Functions that were called on tensors of a functional model: Keras 3 operation nodes
 * (keras.src.ops…) and TensorFlow's TFOpLambda. Simple arithmetic; the rest is named and refused.
 */
import { axisIn, emit, intConstant, shapeOf, unsupported } from '../../build/emit';
import { activate, isActivationName } from './activation';
import { argument, integerList, one, plainArgument, tensor } from './arguments';
import { field, isJson } from './fields';
import type { LayerCall } from './layer';
import { moves } from './moves';

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

type Rule = (call: LayerCall) => number;

const pair = (call: LayerCall): [number, number] => [
  tensor(call, argument(call, 0, 'x', 'x1', 'a'), 'x'),
  tensor(call, argument(call, 1, 'y', 'x2', 'b'), 'y'),
];
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

function clip(call: LayerCall): number {
  const low = tensor(call, argument(call, 1, 'x_min', 'clip_value_min'), 'min');
  const high = tensor(call, argument(call, 2, 'x_max', 'clip_value_max'), 'max');
  return emit(call, 'MINIMUM', {}, [emit(call, 'MAXIMUM', {}, [one(call), low], 'max'), high]);
}

function matmul(call: LayerCall): number {
  const [a, b] = pair(call);
  const rank = shapeOf(call, a).length;
  if (rank < 3 || shapeOf(call, b).length !== rank)
    return unsupported('a product of tensors of different ranks.');
  const adjX = plainArgument(call, 2, 'transpose_a') === true;
  const adjY = plainArgument(call, 3, 'transpose_b') === true;
  if (call.args.length > 4) return unsupported('a product with adjoint or sparse tensors.');
  const attrs = { adjX, adjY, asymmetricQuantizeInputs: false };
  return emit(call, 'BATCH_MATMUL', attrs, [a, b]);
}

function cast(call: LayerCall): number {
  const type = plainArgument(call, 1, 'dtype');
  if (type === 'float16' || type === 'float32')
    return call.writer.value(one(call)).dtype === 'float32'
      ? one(call)
      : emit(call, 'CAST', { to: 'float32' }, [one(call)]);
  if (type === 'int32') return emit(call, 'CAST', { to: 'int32' }, [one(call)]);
  return unsupported(`a cast to ${String(type)}.`);
}

const rules: Readonly<Record<string, Rule>> = {
  ...moves,
  matmul,
  cast,
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
  clip,
  clip_by_value: clip,
  identity: one,
  stop_gradient: one,
};

/**
 * The function behind a class without a module: Keras 3's legacy .h5 leaves modules out, so that the
 * operation Add (of `x + 1.0`) reads like the layer Add. A number among the arguments, a class that is
 * no layer, or a config without `trainable`, which Keras 3 writes for every layer, tells them apart.
 */
export function bareOperationName(
  type: string,
  call: LayerCall,
  isLayer: boolean,
): string | undefined {
  const name = canonical(type);
  const { version, config } = call;
  const known = Object.hasOwn(rules, name) || isActivationName(name);
  const numbers = call.args.some((item) => 'json' in item && item.json !== null);
  const bare = version.major >= 3 && !version.tfjs && field(config, 'trainable') === undefined;
  return known && (numbers || bare || !isLayer) ? name : undefined;
}

/** Names of the second argument of activation functions that have one, in keras.ops and tf.nn. */
const activationParameters: Readonly<Record<string, readonly string[]>> = {
  gelu: ['approximate'],
  leaky_relu: ['negative_slope', 'alpha'],
  elu: ['alpha'],
  celu: ['alpha'],
  softmax: ['axis'],
  log_softmax: ['axis'],
};

/** Emits the nodes of an operation node. Throws `unsupported` for functions that aren't listed. */
export function operation(call: LayerCall, name: string): number {
  if (Object.hasOwn(rules, name)) return rules[name]!(call);
  if (isActivationName(name)) {
    const parameters = activationParameters[name] ?? [];
    const more = Object.entries(call.kwargs).filter(
      ([key, value]) => !parameters.includes(key) && 'json' in value && value.json !== null,
    );
    if (call.args.length > 1 + Math.min(1, parameters.length) || more.length > 0)
      return unsupported(`${name} with arguments.`);
    const given = parameters.length === 0 ? undefined : plainArgument(call, 1, ...parameters);
    return activate(call, name, one(call), '', given);
  }
  return unsupported(`the function "${name}" is not one that Intact knows.`);
}
