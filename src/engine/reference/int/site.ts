/** What integer kernels ask of the place where they stand. */
import type { Tensor, Value } from '../../../model/graph';
import { floatActivationRange, type Range } from '../../numerics';
import { clamp, roundHalfEven } from '../../numerics';
import type { Activation } from '../../../model/ops';

/** Per-tensor quantization, scale as float32. */
export interface Affine {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Per-tensor parameters of a value; undefined when it has none or several. */
export function affine(value: Value | undefined): Affine | undefined {
  const quant = value?.quant;
  if (quant?.scale.length !== 1) return undefined;
  return { scale: Math.fround(quant.scale[0]!), zeroPoint: quant.zeroPoint[0] ?? 0 };
}

export function isInt8(value: Value | undefined): value is Value {
  return value?.dtype === 'int8';
}

export function int8(tensor: Tensor | undefined): Int8Array {
  return tensor!.data as Int8Array;
}

/** One scale per output channel, repeated where the value has only one. */
export function channelScales(value: Value, channels: number): Float32Array | undefined {
  const scale = value.quant?.scale;
  if (scale === undefined) return undefined;
  if (scale.length === channels) return scale;
  return scale.length === 1 ? new Float32Array(channels).fill(scale[0]!) : undefined;
}

/**
 * Clamp of a fused activation as XNNPACK quantizes it (quantization.h xnn_qs8_quantize): ties to even
 * after the zero point is added in float32. TFLite's builtin kernels: quantizedActivationRange.
 */
export function xnnActivationRange(activation: Activation, output: Affine): Range {
  const { low, high } = floatActivationRange(activation);
  const quantize = (real: number) =>
    roundHalfEven(
      clamp(Math.fround(Math.fround(real / output.scale) + output.zeroPoint), -128, 127),
    );
  return { low: quantize(low), high: quantize(high) };
}

/** Activations that the runtime's quantized kernels know. */
export function isClamp(activation: Activation): boolean {
  return activation !== 'TANH' && activation !== 'SIGN_BIT';
}
