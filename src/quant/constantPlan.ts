/** Parameters of weights, biases and other constants. */
import { elementCount, type Graph, type Node, type Value } from '../model/graph';
import {
  largestMagnitudes,
  limits,
  requireFinite,
  slicesOf,
  weightScale,
  type ScalarParams,
} from './affine';
import type { ActivationPlan, ActivationPlans } from './activationPlan';
import { rangeOf, valuePlan } from './ranges';
import { isFloatConstant, type NodeDecision } from './schemes';
import { isIntegerType, type IntegerType, type Target } from './targets/target';
import type { ValuePlan } from './types';
import { mseScale, octavScale, SCALE_FLOOR } from './weightScales';
import { why } from './why';

/**
 * Largest int32 a bias may become; half of what fits, to leave the accumulator room (kBiasMax of
 * TFLite's quantization_driver.cc). Beyond it the scale of the weights is raised.
 */
const BIAS_MAX = Math.floor(2147483647 / 2);
/**
 * The same of an int64 bias: a scale so small that a step of the output is below 2⁻³¹ of it would have
 * the multiplier 0 (QuantizeMultiplier of quantization_util.cc).
 */
const WIDE_BIAS_MAX = 2 ** 34;

/** Key in Plan.values of a constant that this node needs in another form than its first user. */
export function constantKey(value: string, node: string): string {
  return `${value}@${node}`;
}

const samePlan = (a: ValuePlan, b: ValuePlan) =>
  a.dtype === b.dtype &&
  a.axis === b.axis &&
  a.scale.length === b.scale.length &&
  a.scale.every((scale, i) => scale === b.scale[i]) &&
  a.zeroPoint.every((zeroPoint, i) => zeroPoint === b.zeroPoint[i]);

/** Plans every constant of one node into `into`, under the value's name or, if that is taken by another form, constantKey. */
export function planConstants(
  graph: Graph,
  node: Node,
  decision: NodeDecision,
  target: Target,
  activations: ActivationPlans,
  into: Map<string, ValuePlan>,
): void {
  const put = (value: Value, plan: ValuePlan) => {
    const taken = into.get(value.name);
    if (taken && samePlan(taken, plan)) return;
    into.set(taken ? constantKey(value.name, node.name) : value.name, plan);
  };
  const { scheme } = decision;
  const layout = target.weights[node.op];
  const constant = (position: number): Value | undefined => {
    const value = graph.values[node.inputs[position] ?? -1];
    return value && isFloatConstant(value) ? value : undefined;
  };
  if (scheme === 'float32') return;
  if (scheme === 'float16') {
    node.inputs.forEach((_, position) => {
      const value = constant(position);
      if (value) put(value, float16Plan);
    });
    return;
  }
  const weights = layout && constant(layout.weights);
  if (!isIntegerType(scheme)) {
    if (!weights) return;
    const scales = weightScales(weights, layout.axis, decision, node);
    put(weights, weightPlan(weights, layout.axis, decision, scales));
    return;
  }
  if (layout && weights) {
    const scales = weightScales(weights, layout.axis, decision, node);
    const bias = constant(layout.bias);
    const input = activations[scheme].get(node.inputs[layout.data]!)!.params;
    const most = scheme === 'int16' ? WIDE_BIAS_MAX : BIAS_MAX;
    const biasScales = bias && raiseForBias(bias, scales, input.scale, most, node);
    put(weights, weightPlan(weights, layout.axis, decision, scales));
    if (bias && biasScales) put(bias, biasPlan(biasScales, scheme));
    return;
  }
  const rule = target[scheme][node.op];
  node.inputs.forEach((_, position) => {
    const value = constant(position);
    if (!value) return;
    const isShared = rule?.output === 'same';
    const form = isShared
      ? sharedPlan(node, activations[scheme], scheme)
      : ownPlan(value, node, scheme);
    put(value, form);
  });
}

const float16Plan: ValuePlan = {
  dtype: 'float16',
  scale: new Float32Array(0),
  zeroPoint: new Int32Array(0),
  axis: 0,
  why: why('stored-float16', {}),
};

function weightScales(
  weights: Value,
  axis: number,
  decision: NodeDecision,
  node: Node,
): Float64Array {
  const where = `The weights of layer "${node.name}"`;
  const data = weights.data as Float32Array;
  const along = decision.perChannel ? axis : -1;
  const levels = decision.bits === 4 ? limits.int4.max : limits.int8Weights.max;
  const scales = largestMagnitudes(data, weights.shape, along, where).map((largest) =>
    weightScale(largest, levels),
  );
  const { weightRange = 'min-max' } = decision;
  if (weightRange === 'min-max') return scales;
  const scaleOf = weightRange === 'mse' ? mseScale : octavScale;
  const slice = slicesOf(data, weights.shape, along);
  return scales.map((scale, channel) => {
    const searched = scaleOf(slice(channel), levels);
    return searched > SCALE_FLOOR ? searched : scale;
  });
}

function weightPlan(
  weights: Value,
  axis: number,
  decision: NodeDecision,
  scales: Float64Array,
): ValuePlan {
  const { bits, weightRange: range = 'min-max' } = decision;
  const choice = { ...(bits ? { bits } : {}), ...(range === 'min-max' ? {} : { range }) };
  const reason = decision.perChannel
    ? why('weights-per-channel', { channels: scales.length, ...choice })
    : why('weights-per-tensor', { elements: elementCount(weights.shape), ...choice });
  return {
    dtype: bits ? 'int4' : 'int8',
    scale: Float32Array.from(scales),
    zeroPoint: new Int32Array(scales.length),
    axis: decision.perChannel ? axis : 0,
    why: reason,
  };
}

/** Scales of the bias; raises those of the weights in place where the bias would overflow. */
function raiseForBias(
  bias: Value,
  scales: Float64Array,
  inputScale: number,
  most: number,
  node: Node,
): Float64Array {
  const data = bias.data as Float32Array;
  for (const x of data) requireFinite(x, `The bias of layer "${node.name}"`);
  const result = scales.map((scale) => Math.fround(scale * inputScale));
  data.forEach((x, channel) => {
    const at = scales.length === 1 ? 0 : channel;
    if (Math.abs(x) / result[at]! <= most) return;
    result[at] = Math.fround(Math.abs(x) / most);
    scales[at] = Math.fround(result[at]! / inputScale);
  });
  return result;
}

function biasPlan(scales: Float64Array, type: IntegerType): ValuePlan {
  return {
    dtype: type === 'int16' ? 'int64' : 'int32',
    scale: Float32Array.from(scales),
    zeroPoint: new Int32Array(scales.length),
    axis: 0,
    why: why('input-scale-times-weight-scale', {}),
  };
}

function ownPlan(value: Value, node: Node, type: IntegerType): ValuePlan {
  const params = rangeOf(value, `The constant of layer "${node.name}"`, type);
  return valuePlan(params, why('range-of-constant', {}), type);
}

function sharedPlan(
  node: Node,
  activations: ReadonlyMap<number, ActivationPlan>,
  type: IntegerType,
): ValuePlan {
  const params: ScalarParams = activations.get(node.outputs[0]!)!.params;
  return valuePlan(params, why('same-as-output', { op: node.op, node: node.name }), type);
}
