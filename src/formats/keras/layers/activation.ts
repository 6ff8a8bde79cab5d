/** Activation functions by their Keras names, and the layers that are activation functions. */
import type { Activation } from '../../../model/ops';
import { axisIn, emit, floatConstant, malformed, scalarConstant } from '../../build/emit';
import { shapeOf, transposeTo, unsupported } from '../../build/emit';
import type { Json } from './fields';
import { field, integers, isJson, number } from './fields';
import type { LayerCall, LayerDefinition } from './layer';
import { onlyInput } from './layer';
import { weight } from './layer';

const plain = { activation: 'NONE' } as const;

/**
 * One activation applied to a value. `step` names inner nodes; the last one is named `last` ('' for
 * the layer itself).
 */
interface Site {
  readonly call: LayerCall;
  readonly last: string;
}
type Function = (site: Site, x: number) => number;

/** min(x, limit) */
function atMost({ call, last }: Site, x: number, limit: number): number {
  return emit(call, 'MINIMUM', {}, [x, scalarConstant(call, 'max', limit)], last);
}

function times({ call }: Site, x: number, factor: number, suffix: string): number {
  if (factor === 1) return x;
  return emit(call, 'MUL', plain, [x, scalarConstant(call, `${suffix}_factor`, factor)], suffix);
}

/** scale · (x > 0 ? x : alpha · (exp(x / divisor) − 1)); ELU, SELU and CELU in one. */
function exponentialUnit(alpha: number, scale = 1, divisor = 1): Function {
  return (site, x) => {
    const { call, last } = site;
    if (alpha === 1 && scale === 1 && divisor === 1) return emit(call, 'ELU', {}, [x], last);
    const negative = emit(call, 'MINIMUM', {}, [x, scalarConstant(call, 'zero', 0)], 'negative');
    const scaled = times(site, negative, 1 / divisor, 'divide');
    const curve = times(site, emit(call, 'ELU', {}, [scaled], 'elu'), alpha * scale, 'alpha');
    const line = times(site, emit(call, 'RELU', {}, [x], 'relu'), scale, 'scale');
    return emit(call, 'ADD', plain, [line, curve], last);
  };
}

/** log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)), which can't overflow. */
const softplus: Function = ({ call, last }, x) => {
  const distance = emit(call, 'NEG', {}, [emit(call, 'ABS', {}, [x], 'abs')], 'neg');
  const one = scalarConstant(call, 'one', 1);
  const sum = emit(call, 'ADD', plain, [emit(call, 'EXP', {}, [distance], 'exp'), one], 'add_one');
  const tail = emit(call, 'LOG', {}, [sum], 'log');
  return emit(call, 'ADD', plain, [emit(call, 'RELU', {}, [x], 'relu'), tail], last);
};

const softmax =
  (op: 'SOFTMAX' | 'LOG_SOFTMAX', axis: number): Function =>
  ({ call, last }, x) => {
    const rank = shapeOf(call, x).length;
    const along = axisIn(axis, rank);
    const apply = (input: number, suffix: string) =>
      op === 'SOFTMAX'
        ? emit(call, op, { beta: 1 }, [input], suffix)
        : emit(call, op, {}, [input], suffix);
    if (along === rank - 1) return apply(x, last);
    const order = Array.from({ length: rank }, (_, index) => index);
    order[along] = rank - 1;
    order[rank - 1] = along;
    const moved = apply(transposeTo(call, x, order, 'to_last'), 'softmax');
    return transposeTo(call, moved, order, last === '' ? 'from_last' : last);
  };

/** relu6(a·x + 3) / 6 : both of Keras' hard sigmoids (see hardSigmoid). */
const rampOfSix =
  (slope: number): Function =>
  (site, x) => {
    const { call, last } = site;
    const scaled = times(site, x, slope, 'slope');
    const three = scalarConstant(call, 'three', 3);
    const ramp = emit(call, 'ADD', { activation: 'RELU6' }, [scaled, three], 'ramp');
    return emit(call, 'MUL', plain, [ramp, scalarConstant(call, 'sixth', 1 / 6)], last);
  };

/**
 * Keras 1, 2 and TF.js: clip(0.2·x + 0.5, 0, 1) = relu6(1.2·x + 3) / 6. Keras 3: relu6(x + 3) / 6.
 * keras/src/backend/tensorflow/nn.py and tf_keras/src/backend.py, hard_sigmoid.
 */
function hardSigmoid(call: LayerCall): Function {
  return rampOfSix(call.version.major >= 3 && !call.version.tfjs ? 1 : 1.2);
}

interface Relu {
  readonly max?: number;
  readonly slope: number;
  readonly threshold: number;
}

/** max for x ≥ max; x for threshold ≤ x < max; slope · (x − threshold) below (keras.activations.relu). */
function relu({ max, slope, threshold }: Relu): Function {
  return (site, x) => {
    const { call, last } = site;
    if (threshold !== 0) return thresholded({ max, slope, threshold })(site, x);
    if (slope === 0 && max === 6) return emit(call, 'RELU6', {}, [x], last);
    const inner = max === undefined ? last : 'relu';
    const open =
      slope === 0
        ? emit(call, 'RELU', {}, [x], inner)
        : emit(call, 'LEAKY_RELU', { alpha: Math.fround(slope) }, [x], inner);
    return max === undefined ? open : atMost(site, open, max);
  };
}

function thresholded({ max, slope, threshold }: Relu): Function {
  return (site, x) => {
    const { call, last } = site;
    const edge = scalarConstant(call, 'threshold', threshold);
    // Keras takes x > threshold without a slope, and x ≥ threshold with one; equal where x = threshold = 0.
    const above = emit(call, 'GREATER', {}, [x, edge], 'above');
    const zeroOne = emit(call, 'CAST', { to: 'float32' }, [above], 'above_float');
    const inner = max === undefined ? last : 'passed';
    if (slope === 0) {
      const passed = emit(call, 'MUL', plain, [x, zeroOne], inner);
      return max === undefined ? passed : atMost(site, passed, max);
    }
    const shifted = emit(call, 'SUB', plain, [x, edge], 'shifted');
    const below = times(site, shifted, slope, 'below');
    const passed = emit(call, 'SELECT_V2', {}, [above, x, below], inner);
    return max === undefined ? passed : atMost(site, passed, max);
  };
}

const simple =
  (op: 'LOGISTIC' | 'TANH' | 'EXP' | 'HARD_SWISH' | 'RELU' | 'RELU6' | 'RELU_N1_TO_1'): Function =>
  ({ call, last }, x) =>
    emit(call, op, {}, [x], last);

const inner = (site: Site, last: string): Site => ({ call: site.call, last });

/** keras.activations, by name. */
const functions: Readonly<Record<string, (call: LayerCall) => Function>> = {
  linear: () => (_, x) => x,
  relu: () => simple('RELU'),
  relu6: () => simple('RELU6'),
  leaky_relu: () => relu({ slope: 0.2, threshold: 0 }),
  elu: () => exponentialUnit(1),
  // Klambauer et al. 2017, the constants of keras/src/activations.
  selu: () => exponentialUnit(1.6732632423543772, 1.0507009873554805),
  celu: () => exponentialUnit(1),
  sigmoid: () => simple('LOGISTIC'),
  hard_sigmoid: hardSigmoid,
  tanh: () => simple('TANH'),
  hard_tanh: () => simple('RELU_N1_TO_1'),
  exponential: () => simple('EXP'),
  silu: () => swish,
  swish: () => swish,
  hard_silu: () => simple('HARD_SWISH'),
  hard_swish: () => simple('HARD_SWISH'),
  gelu: () => gelu(false),
  gelu_new: () => gelu(true), // TF.js
  softmax: () => softmax('SOFTMAX', -1),
  log_softmax: () => softmax('LOG_SOFTMAX', -1),
  softplus: () => softplus,
  log_sigmoid: () => (site, x) => {
    const turned = emit(site.call, 'NEG', {}, [x], 'turned');
    const plus = softplus(inner(site, 'softplus'), turned);
    return emit(site.call, 'NEG', {}, [plus], site.last);
  },
  softsign: () => (site, x) => {
    const { call, last } = site;
    const size = emit(call, 'ABS', {}, [x], 'abs');
    const sum = emit(call, 'ADD', plain, [size, scalarConstant(call, 'one', 1)], 'add_one');
    return emit(call, 'DIV', plain, [x, sum], last);
  },
  mish: () => (site, x) => {
    const { call, last } = site;
    const plus = softplus(inner(site, 'softplus'), x);
    return emit(call, 'MUL', plain, [x, emit(call, 'TANH', {}, [plus], 'tanh')], last);
  },
  tanh_shrink: () => (site, x) => {
    const bent = emit(site.call, 'TANH', {}, [x], 'tanh');
    return emit(site.call, 'SUB', plain, [x, bent], site.last);
  },
};

const swish: Function = ({ call, last }, x) =>
  emit(call, 'MUL', plain, [x, emit(call, 'LOGISTIC', {}, [x], 'sigmoid')], last);

const gelu =
  (approximate: boolean): Function =>
  ({ call, last }, x) =>
    emit(call, 'GELU', { approximate }, [x], last);

/** The name in an activation entry of a config: "relu", or Keras 3's {class_name: 'function', config}. */
function functionName(spec: unknown): string | undefined {
  if (typeof spec === 'string') return spec;
  if (!isJson(spec)) return undefined;
  const kind = field(spec, 'class_name');
  const config = spec['config'];
  if (kind === 'function' || kind === 'builtin_function')
    return typeof config === 'string' ? config : undefined;
  return undefined;
}

/** Name in the table: 'hardSigmoid' (TF.js) and 'hard_sigmoid' are one. */
function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, '');
}

export interface ReadActivation {
  /** What the main node does itself; then `apply` leaves the value as it is. */
  readonly fused: Activation;
  apply(value: number): number;
}

/**
 * The layer's `activation` entry. With `fuse`, relu and relu6 go into the main node; other functions
 * become nodes of the same layer.
 */
export function readActivation(call: LayerCall, fuse: boolean): ReadActivation {
  const spec = field(call.config, 'activation');
  const none: ReadActivation = { fused: 'NONE', apply: (value) => value };
  if (spec === undefined) return none;
  const name = functionName(spec);
  if (name === undefined)
    return { fused: 'NONE', apply: (value) => call.apply(spec, [value], 'activation')[0]! };
  const key = snake(name);
  if (key === 'linear') return none;
  if (fuse && key === 'relu') return { fused: 'RELU', apply: (value) => value };
  if (fuse && key === 'relu6') return { fused: 'RELU6', apply: (value) => value };
  return { fused: 'NONE', apply: (value) => activate(call, key, value, key) };
}

/**
 * Applies keras.activations.<name>; the last node is named by `last`. `parameter`: the second argument
 * of the function, where it was called with one.
 */
export function activate(
  call: LayerCall,
  name: string,
  value: number,
  last: string,
  parameter?: unknown,
): number {
  if (!Object.hasOwn(functions, name))
    return unsupported(`the activation function "${name}" is not one that Intact knows.`);
  const chosen = parameter === undefined ? undefined : withParameter(name, parameter);
  return (chosen ?? functions[name]!(call))({ call, last }, value);
}

function withParameter(name: string, parameter: unknown): Function | undefined {
  if (name === 'gelu') return gelu(parameter === true);
  if (typeof parameter !== 'number') return undefined;
  switch (name) {
    case 'leaky_relu':
      return relu({ slope: parameter, threshold: 0 });
    case 'elu':
      return exponentialUnit(parameter);
    case 'celu':
      return exponentialUnit(parameter, 1, parameter);
    case 'softmax':
      return softmax('SOFTMAX', parameter);
    case 'log_softmax':
      return softmax('LOG_SOFTMAX', parameter);
    default:
      return undefined;
  }
}

export function isActivationName(name: string): boolean {
  return Object.hasOwn(functions, name);
}

function layer(make: (config: Json, call: LayerCall) => Function): LayerDefinition {
  return {
    rule: (call) => make(call.config, call)({ call, last: '' }, onlyInput(call)),
  };
}

function optional(config: Json, name: string): number | undefined {
  return field(config, name) === undefined ? undefined : number(config, name);
}

/** Keras 3 says negative_slope, Keras 2 and TF.js alpha. */
function slopeOf(config: Json, fallback: number): number {
  return optional(config, 'negative_slope') ?? number(config, 'alpha', fallback);
}

function softmaxAxis(config: Json): number {
  const axes = integers(config, 'axis', [-1]);
  return axes.length === 1 ? axes[0]! : unsupported('a softmax over several axes.');
}

function prelu(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = shapeOf(call, input).slice(1);
  if (field(call.config, 'shared_axes') !== undefined)
    for (const axis of integers(call.config, 'shared_axes')) {
      const index = axisIn(axis, shape.length + 1) - 1;
      if (index < 0) return malformed('it shares its slopes along the batch.');
      shape[index] = 1;
    }
  const slopes = floatConstant(call, 'alpha', shape, weight(call, 0, 'alpha', shape));
  return emit(call, 'PRELU', {}, [input, slopes]);
}

export const activationLayers: Readonly<Record<string, LayerDefinition>> = {
  Activation: {
    rule: (call) => {
      const spec = field(call.config, 'activation');
      const name = functionName(spec);
      if (name === undefined) return call.apply(spec, call.inputs, '');
      return activate(call, snake(name), onlyInput(call), '');
    },
  },
  ReLU: layer((config) =>
    relu({
      max: optional(config, 'max_value'),
      slope: number(config, 'negative_slope', 0),
      threshold: number(config, 'threshold', 0),
    }),
  ),
  LeakyReLU: layer((config) => relu({ slope: slopeOf(config, 0.3), threshold: 0 })),
  ThresholdedReLU: layer((config) =>
    thresholded({ slope: 0, threshold: number(config, 'theta', 1) }),
  ),
  PReLU: { rule: prelu },
  ELU: layer((config) => exponentialUnit(number(config, 'alpha', 1))),
  Softmax: { ...layer((config) => softmax('SOFTMAX', softmaxAxis(config))), mask: 'needed' },
};
