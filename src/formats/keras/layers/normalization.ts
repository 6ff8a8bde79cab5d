/** Batch, layer, RMS, group and unit normalization as the operators TFLite has. */
import { axisIn, emit, floatConstant, intConstant, malformed } from '../../build/emit';
import { scalarConstant, shapeOf, unsupported } from '../../build/emit';
import { flag, integer, integers, number } from './fields';
import type { LayerCall, LayerDefinition } from './layer';
import { onlyInput } from './layer';
import { weight } from './layer';

const plain = { activation: 'NONE' } as const;
const keep = { keepDims: true } as const;

/** [C] when the axis is the last one, else [1, C, 1, …] so that it broadcasts. */
function along(axis: number, shape: readonly number[]): number[] {
  const size = shape[axis]!;
  if (axis === shape.length - 1) return [size];
  return shape.map((_, index) => (index === axis ? size : 1));
}

/** x · scale + offset with scale = γ/√(σ² + ε), offset = β − μ·scale (Ioffe & Szegedy 2015, alg. 2). */
function batch(call: LayerCall): number {
  const input = onlyInput(call);
  const { config } = call;
  const shape = shapeOf(call, input);
  const axes = integers(config, 'axis', [-1]);
  if (axes.length !== 1) return unsupported('batch normalization over several axes.');
  if (call.version.major === 1 && integer(config, 'mode', 0) === 1)
    return unsupported('Keras 1 batch normalization with statistics of each sample (mode 1).');
  const axis = axisIn(axes[0]!, shape.length);
  const channels = shape[axis]!;
  const epsilon = number(config, 'epsilon', 1e-3);
  let next = 0;
  const take = (role: string) => weight(call, next++, role, [channels]);
  const gamma = flag(config, 'scale', true) ? take('gamma') : undefined;
  const beta = flag(config, 'center', true) ? take('beta') : undefined;
  const mean = take('moving mean');
  const variance = take('moving variance');
  const scale = variance.map((value, k) => (gamma?.[k] ?? 1) / Math.sqrt(value + epsilon));
  const offset = Float64Array.from(mean, (value, k) => {
    const exact = (gamma?.[k] ?? 1) / Math.sqrt(variance[k]! + epsilon);
    return (beta?.[k] ?? 0) - value * exact;
  });
  const wide = along(axis, shape);
  const scaled = emit(
    call,
    'MUL',
    plain,
    [input, call.writer.constant(`${call.path}/scale`, wide, scale, { mean, variance })],
    'mul',
  );
  const shift = floatConstant(call, 'offset', wide, Float32Array.from(offset));
  return emit(call, 'ADD', plain, [scaled, shift], 'add');
}

/** Multiplies by gamma and adds beta, as far as the layer has them. */
function affine(
  call: LayerCall,
  input: number,
  shape: readonly number[],
  has: { readonly scale: boolean; readonly center: boolean },
): number {
  let value = input;
  let next = 0;
  if (has.scale) {
    const gamma = floatConstant(call, 'gamma', shape, weight(call, next++, 'gamma', shape));
    value = emit(call, 'MUL', plain, [value, gamma], 'gamma');
  }
  if (has.center) {
    const beta = floatConstant(call, 'beta', shape, weight(call, next++, 'beta', shape));
    value = emit(call, 'ADD', plain, [value, beta], 'beta');
  }
  return value;
}

/**
 * (x − c) · γ/√(mean((x − c)²) + ε) over the axes, with c the mean or nothing. γ is multiplied with the inverse
 * first: in integers the result is then rounded once, not twice.
 */
function standardized(
  call: LayerCall,
  input: number,
  axes: readonly number[],
  epsilon: number,
  centered: boolean,
  gamma?: number,
): number {
  const over = intConstant(call, 'axes', axes);
  let from = input;
  let squares: number;
  if (centered) {
    const mean = emit(call, 'MEAN', keep, [input, over], 'mean');
    squares = emit(call, 'SQUARED_DIFFERENCE', {}, [input, mean], 'squared_difference');
    from = emit(call, 'SUB', plain, [input, mean], 'centered');
  } else squares = emit(call, 'SQUARE', {}, [input], 'square');
  const variance = emit(call, 'MEAN', keep, [squares, over], 'variance');
  const safe = [variance, scalarConstant(call, 'epsilon', epsilon)];
  const inverse = emit(call, 'RSQRT', {}, [emit(call, 'ADD', plain, safe, 'add_epsilon')], 'rsqrt');
  const factor =
    gamma === undefined ? inverse : emit(call, 'MUL', plain, [inverse, gamma], 'gamma');
  return emit(call, 'MUL', plain, [from, factor], 'normalize');
}

function normalizedAxes(call: LayerCall, rank: number): number[] {
  const axes = integers(call.config, 'axis', [-1]).map((axis) => axisIn(axis, rank));
  return [...new Set(axes)].sort((a, b) => a - b);
}

/** Shape of gamma and beta: the normalized axes' sizes; and the same among ones, to broadcast. */
function parameterShapes(shape: readonly number[], axes: readonly number[]) {
  const own = axes.map((axis) => shape[axis]!);
  const first = axes[0] ?? 0;
  const wide = shape.map((size, axis) => (axes.includes(axis) ? size : 1)).slice(first);
  return { own, wide };
}

/** Ba et al. 2016. */
function layer(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = shapeOf(call, input);
  const axes = normalizedAxes(call, shape.length);
  const rms = flag(call.config, 'rms_scaling', false);
  const epsilon = number(call.config, 'epsilon', 1e-3);
  const scale = flag(call.config, 'scale', true);
  const { own, wide } = parameterShapes(shape, axes);
  if (rms) return unsupported('layer normalization with rms_scaling.');
  const gamma = scale
    ? floatConstant(call, 'gamma', wide, weight(call, 0, 'gamma', own))
    : undefined;
  const value = standardized(call, input, axes, epsilon, true, gamma);
  if (!flag(call.config, 'center', true)) return value;
  const beta = floatConstant(call, 'beta', wide, weight(call, scale ? 1 : 0, 'beta', own));
  return emit(call, 'ADD', plain, [value, beta], 'beta');
}

/** Zhang & Sennrich 2019. */
function rms(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = shapeOf(call, input);
  const axes = normalizedAxes(call, shape.length);
  const { own, wide } = parameterShapes(shape, axes);
  const gamma = floatConstant(call, 'gamma', wide, weight(call, 0, 'gamma', own));
  return standardized(call, input, axes, number(call.config, 'epsilon', 1e-6), false, gamma);
}

/** Wu & He 2018: channels last, statistics over space and the channels of a group. */
function group(call: LayerCall): number {
  const input = onlyInput(call);
  const shape = shapeOf(call, input);
  const rank = shape.length;
  const axis = axisIn(integers(call.config, 'axis', [-1])[0] ?? -1, rank);
  if (axis !== rank - 1 || rank < 2)
    return unsupported('group normalization before the last axis.');
  const channels = shape[axis]!;
  const wanted = number(call.config, 'groups', 32);
  const groups = wanted === -1 ? channels : wanted;
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0)
    return malformed(`${channels} channels cannot be put into ${groups} groups.`);
  const area = shape.slice(1, -1).reduce((total, size) => total * size, 1);
  const split = intConstant(call, 'groups_shape', [-1, area, groups, channels / groups]);
  const inGroups = emit(call, 'RESHAPE', {}, [input, split], 'to_groups');
  const value = standardized(call, inGroups, [1, 3], number(call.config, 'epsilon', 1e-3), true);
  const back = intConstant(call, 'shape', [-1, ...shape.slice(1)]);
  const joined = emit(call, 'RESHAPE', {}, [value, back], 'from_groups');
  return affine(call, joined, [channels], {
    scale: flag(call.config, 'scale', true),
    center: flag(call.config, 'center', true),
  });
}

/** x / √max(Σx², 1e-12) */
function unit(call: LayerCall): number {
  const input = onlyInput(call);
  const axes = intConstant(call, 'axes', normalizedAxes(call, shapeOf(call, input).length));
  const sum = emit(call, 'SUM', keep, [emit(call, 'SQUARE', {}, [input], 'square'), axes], 'sum');
  const floor = scalarConstant(call, 'epsilon', 1e-12);
  const safe = emit(call, 'MAXIMUM', {}, [sum, floor], 'maximum');
  const inverse = emit(call, 'RSQRT', {}, [safe], 'rsqrt');
  return emit(call, 'MUL', plain, [input, inverse], 'normalize');
}

export const normalizationLayers: Readonly<Record<string, LayerDefinition>> = {
  BatchNormalization: { rule: batch },
  SyncBatchNormalization: { rule: batch },
  LayerNormalization: { rule: layer },
  RMSNormalization: { rule: rms },
  GroupNormalization: { rule: group },
  UnitNormalization: { rule: unit },
};
