/**
 * QUANTIZE and DEQUANTIZE.
 * float32 → int8, uint8: XNNPACK f32-qs8-vcvt, rne(x · float32(1/scale)) + zp. float32 → int16: the
 * same in the current LiteRT; the runtime of 2021 takes TFLite's builtin kernel, round-half-away(x / scale) + zp,
 * the division in double. int8 → int8: XNNPACK qs8-vcvt,
 * 16-bit multiplier of −256·ratio, q15 rounding; outside ratios [2^-8, 2^7] the builtin Requantize.
 * DEQUANTIZE: float32(q − zp) · scale everywhere (float16: exact widening).
 */
import type { Kernel, KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import type { DType, TensorData, Value } from '../../../model/graph';
import { halfToNumber } from '../../../model/half';
import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAwayFromZero,
  roundHalfEven,
} from '../../numerics';
import { affine, type Affine } from './site';

const f = Math.fround;
const ranges: Partial<Record<DType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
};
type Integers = Int8Array | Uint8Array | Int16Array | Int32Array;

function quantizeFloat(to: Affine, xnn: boolean, [low, high]: readonly [number, number]): Kernel {
  const { scale, zeroPoint } = to;
  const inverse = f(1 / scale);
  return (inputs, outputs) => {
    const x = inputs[0]!.data as Float32Array;
    const y = outputs[0]!.data as Integers;
    for (let i = 0; i < y.length; i++) {
      const rounded = xnn
        ? roundHalfEven(clamp(f(x[i]! * inverse), low - zeroPoint, high - zeroPoint))
        : roundHalfAwayFromZero(x[i]! / scale);
      y[i] = clamp(rounded + zeroPoint, low, high);
    }
  };
}

/** One step of XNNPACK's qs8-vcvt: q15mulr_sat((zp_in − x) << 7, rne(−256·ratio)) + zp_out. */
function xnnConvert(x: number, from: Affine, to: Affine, multiplier: number): number {
  const product = (((from.zeroPoint - x) << 7) * multiplier + 0x4000) >> 15;
  return clamp(clamp(product, -32768, 32767) + to.zeroPoint, -128, 127);
}

function requantizeBytes(
  from: Affine,
  to: Affine,
  xnn: boolean,
  [low, high]: readonly [number, number],
): (x: number) => number {
  const ratio = f(from.scale / to.scale);
  if (xnn && ratio >= 2 ** -8 && ratio <= 2 ** 7) {
    const multiplier = roundHalfEven(f(-256 * ratio));
    return (x) => xnnConvert(x, from, to, multiplier);
  }
  const { multiplier, shift } = quantizeMultiplier(from.scale / to.scale);
  return (x) =>
    clamp(
      multiplyByQuantizedMultiplier(x - from.zeroPoint, multiplier, shift) + to.zeroPoint,
      low,
      high,
    );
}

const quantize: KernelFactory = ({ node, inputs: [input], outputs: [output], rounding }) => {
  if (node.op !== 'QUANTIZE' || !input || !output) return undefined;
  const to = affine(output);
  const range = ranges[output.dtype];
  if (!to || !range) return undefined;
  if (input.dtype === 'float32')
    return quantizeFloat(to, output.dtype !== 'int16' || rounding !== 'fixed-point', range);
  const from = affine(input);
  if (!from || !(ranges[input.dtype] ?? input.dtype === 'int32')) return undefined;
  const xnn = input.dtype === output.dtype && (input.dtype === 'int8' || input.dtype === 'uint8');
  const convert = requantizeBytes(from, to, xnn, range);
  return (inputs, outputs) => {
    const x = inputs[0]!.data as Integers;
    const y = outputs[0]!.data as Integers;
    for (let i = 0; i < y.length; i++) y[i] = convert(x[i]!);
  };
};

function dequantizeChannels(input: Value): Kernel | undefined {
  const quant = input.quant;
  if (!quant || quant.scale.length === 0) return undefined;
  const channels = quant.scale.length;
  const inner = input.shape.slice(quant.axis + 1).reduce((a, b) => a * b, 1);
  if (channels > 1 && input.shape[quant.axis] !== channels) return undefined;
  const { scale, zeroPoint } = quant;
  return (inputs, outputs) => {
    const x = inputs[0]!.data as Exclude<TensorData, BigInt64Array | BigUint64Array>;
    const y = outputs[0]!.data as Float32Array;
    if (channels === 1) {
      const one = scale[0]!;
      const zero = zeroPoint[0] ?? 0;
      for (let i = 0; i < y.length; i++) y[i] = f(x[i]! - zero) * one;
      return;
    }
    for (let i = 0; i < y.length; i++) {
      const channel = Math.floor(i / inner) % channels;
      y[i] = f(x[i]! - (zeroPoint[channel] ?? 0)) * scale[channel]!;
    }
  };
}

const dequantized: readonly DType[] = ['int4', 'int8', 'uint8', 'int16', 'int32'];

const dequantize: KernelFactory = ({ node, inputs: [input], outputs: [output] }) => {
  if (node.op !== 'DEQUANTIZE' || !input || output?.dtype !== 'float32') return undefined;
  if (input.dtype === 'float16') {
    return (inputs, outputs) => {
      const x = inputs[0]!.data as Uint16Array;
      const y = outputs[0]!.data as Float32Array;
      for (let i = 0; i < y.length; i++) y[i] = halfToNumber(x[i]!);
    };
  }
  return dequantized.includes(input.dtype) ? dequantizeChannels(input) : undefined;
};

export const convertKernels = {
  DEQUANTIZE: dequantize,
  QUANTIZE: quantize,
} satisfies KernelTable;
