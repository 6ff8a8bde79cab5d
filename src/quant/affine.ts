/**
 * real = scale · (q − zeroPoint). Scale and zero point from a range as TFLite's converter computes
 * them (tensorflow/compiler/mlir/lite/quantization/ir/FakeQuantSupport.cc), and the rounding of
 * tensors: half away from zero, in float64. Scales are float32 from the start, as there.
 */
import type { QuantParams, TensorData } from '../model/graph';
import { IntactError } from '../model/error';
import type { IntegerType } from './targets/target';

export interface ScalarParams {
  /** A float32 value, as files hold it. */
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Integers that a quantized tensor of this type takes. Weights are narrow: symmetric around 0. */
export const limits = {
  int8: { min: -128, max: 127 },
  int8Weights: { min: -127, max: 127 },
  int4: { min: -7, max: 7 },
  int16: { min: -32768, max: 32767 },
  int32: { min: -2147483648, max: 2147483647 },
} as const;

/**
 * Scale of an activation that was 0 in every sample. The converter's, 1e-6/255, makes ratios of
 * scales that abort runtimes; any scale holds 0 exactly.
 */
const DEAD_SCALE = 1 / 128;

/** Ranges narrower than this are widened to it (ExpandVerySmallRange of TFLite's converter). */
const SMALLEST_RANGE = 1e-6;

/** C's round(): half away from zero. Math.round goes up on negative halves. */
export function roundHalfAway(x: number): number {
  return x < 0 ? 0 - Math.round(-x) : Math.round(x);
}

/** Throws `bad-data` naming `where` when a range or weight is NaN or infinite. */
export function requireFinite(x: number, where: string): void {
  if (Number.isFinite(x)) return;
  throw new IntactError(
    'bad-data',
    `${where} holds ${x}, which has no place on an integer grid. Check the training of this layer, or leave it in float.`,
    { where },
  );
}

/**
 * Asymmetric int8 parameters of a range. The range is widened to hold 0, so that 0 is exact. `where` names the tensor in errors.
 */
export function activationParams(min: number, max: number, where: string): ScalarParams {
  requireFinite(min, where);
  requireFinite(max, where);
  let low = Math.min(min, 0);
  let high = Math.max(max, 0);
  if (low === 0 && high === 0) return { scale: DEAD_SCALE, zeroPoint: 0 };
  if (high - low < SMALLEST_RANGE) {
    low = Math.min(low, -SMALLEST_RANGE / 2);
    high = Math.max(high, SMALLEST_RANGE / 2);
  }
  const { min: qmin, max: qmax } = limits.int8;
  const scale = (high - low) / (qmax - qmin);
  const fromMin = qmin - low / scale;
  const fromMax = qmax - high / scale;
  // The variant with the smaller rounding error, as the converter has it.
  const exact =
    Math.abs(qmin) + Math.abs(low / scale) < Math.abs(qmax) + Math.abs(high / scale)
      ? fromMin
      : fromMax;
  const zeroPoint = Math.min(qmax, Math.max(qmin, roundHalfAway(exact)));
  return { scale: Math.fround(scale), zeroPoint };
}

/**
 * Symmetric int16 parameters of a range, as TFLite's converter and LiteRT Quantizer have them: zero
 * point 0, the largest magnitude at 32767. Scales that the runtime takes for 2⁻¹² or 2⁻¹¹, and computes LOGISTIC
 * and TANH with in another way, are raised by 0.2 %.
 */
function wideParams(min: number, max: number, where: string): ScalarParams {
  requireFinite(min, where);
  requireFinite(max, where);
  const largest = Math.max(-min, max, 0);
  if (largest === 0) return { scale: 1 / 32768, zeroPoint: 0 };
  const scale = Math.max(largest, SMALLEST_RANGE / 2) / limits.int16.max;
  const log = Math.log2(scale);
  const nearPower = log < -10 && log > -13 && Math.abs(log - Math.round(log)) < 1.1e-3;
  return { scale: Math.fround(nearPower ? scale * 1.002 : scale), zeroPoint: 0 };
}

/** Parameters of a range in a type of activations. */
export function paramsIn(type: IntegerType, min: number, max: number, where: string): ScalarParams {
  return type === 'int8' ? activationParams(min, max, where) : wideParams(min, max, where);
}

/**
 * Symmetric scale of weights whose largest magnitude is `largest`, on a grid whose largest integer is
 * `levels`. All-zero channels get a tiny
 * scale, which the plan then raises to what their bias needs.
 */
export function weightScale(largest: number, levels: number = limits.int8Weights.max): number {
  return Math.fround(Math.max(largest, SMALLEST_RANGE / 2) / levels);
}

/** Index into the scales of each element: `size` slices, each `inner` elements apart. */
function channelLayout(shape: readonly number[], axis: number): { size: number; inner: number } {
  const size = shape[axis] ?? 1;
  const inner = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
  return { size, inner };
}

/** Largest magnitude per slice of `axis` (or of the whole tensor: axis −1). Refuses NaN and infinity. */
export function largestMagnitudes(
  data: Float32Array,
  shape: readonly number[],
  axis: number,
  where: string,
): Float64Array {
  const { size, inner } = axis < 0 ? { size: 1, inner: data.length } : channelLayout(shape, axis);
  const largest = new Float64Array(size);
  for (let i = 0; i < data.length; i += 1) {
    const magnitude = Math.abs(data[i]!);
    const channel = Math.floor(i / inner) % size;
    if (!(magnitude <= largest[channel]!)) {
      requireFinite(magnitude, where);
      largest[channel] = magnitude;
    }
  }
  return largest;
}

/** The numbers of one slice of `axis` (axis −1: of the whole tensor). */
export function slicesOf(
  data: Float32Array,
  shape: readonly number[],
  axis: number,
): (channel: number) => Float32Array {
  if (axis < 0) return () => data;
  const { size, inner } = channelLayout(shape, axis);
  const outer = data.length / (size * inner);
  return (channel) => {
    const slice = new Float32Array(outer * inner);
    for (let i = 0; i < outer; i += 1) {
      const from = (i * size + channel) * inner;
      slice.set(data.subarray(from, from + inner), i * inner);
    }
    return slice;
  };
}

/**
 * Quantizes to int8, int4 (weights, in [−7, 7]), int16 or int32. `narrow`: int8 in [−127, 127], as weights are.
 */
export function quantizeTensor(
  data: ArrayLike<number>,
  shape: readonly number[],
  params: { scale: ArrayLike<number>; zeroPoint: ArrayLike<number>; axis: number },
  dtype: 'int8' | 'int4' | 'int16' | 'int32',
  narrow = false,
): Int8Array | Int16Array | Int32Array {
  const { min, max } = narrow && dtype === 'int8' ? limits.int8Weights : limits[dtype];
  const Storage = { int8: Int8Array, int4: Int8Array, int16: Int16Array, int32: Int32Array }[dtype];
  const result = new Storage(data.length);
  const many = params.scale.length > 1;
  const { size, inner } = many ? channelLayout(shape, params.axis) : { size: 1, inner: 1 };
  for (let i = 0; i < data.length; i += 1) {
    const channel = many ? Math.floor(i / inner) % size : 0;
    const q = roundHalfAway(data[i]! / params.scale[channel]! + params.zeroPoint[channel]!);
    result[i] = q < min ? min : q > max ? max : q;
  }
  return result;
}

/** Quantizes a bias to int64, around 0; below 2⁵³. */
export function quantizeBias(
  data: ArrayLike<number>,
  shape: readonly number[],
  params: { scale: ArrayLike<number>; axis: number },
): BigInt64Array {
  const { size, inner } = channelLayout(shape, params.axis);
  const many = params.scale.length > 1;
  return BigInt64Array.from({ length: data.length }, (_, i) =>
    BigInt(roundHalfAway(data[i]! / params.scale[many ? Math.floor(i / inner) % size : 0]!)),
  );
}

/** Back to real numbers, rounded to float32. Takes any integer storage and per-channel parameters. */
export function dequantizeTensor(
  data: TensorData,
  shape: readonly number[],
  params: Pick<QuantParams, 'scale' | 'zeroPoint' | 'axis'>,
): Float32Array {
  const result = new Float32Array(data.length);
  const many = params.scale.length > 1;
  const { size, inner } = many ? channelLayout(shape, params.axis) : { size: 1, inner: 1 };
  for (let i = 0; i < data.length; i += 1) {
    const channel = many ? Math.floor(i / inner) % size : 0;
    result[i] = params.scale[channel]! * (Number(data[i]) - params.zeroPoint[channel]!);
  }
  return result;
}
