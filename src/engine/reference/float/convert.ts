/**
 * CAST, and the DEQUANTIZE and QUANTIZE that integer graphs of int8 don't need: float16 and integer
 * weights to float, float to int16 and uint8. Source: TFLite cast.cc, dequantize.h
 * (scale · (q − zp) in float32), quantize.cc (zp + round(x / scale), ties away from zero).
 */
import { halfToNumber, numberToHalf } from '../../../model/half';
import type { DType, QuantParams } from '../../../model/graph';
import type { Kernel, KernelFactory } from '../../engine';
import type { KernelTable } from '../table';
import { roundHalfAwayFromZero } from '../../numerics';
import { stridesOf } from '../move/view';

const integers = ['int4', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'];
const plain: readonly DType[] = [
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'uint8',
  'uint16',
  'uint32',
  'bool',
];

/** Fractions are cut off; numbers beyond the target wrap, as C's conversion does in practice. */
const cast: KernelFactory = ({ inputs, outputs }) => {
  const from = inputs[0]!.dtype;
  const to = outputs[0]!.dtype;
  if (from === to) {
    return ([input], [output]) => (output!.data as Int32Array).set(input!.data as Int32Array);
  }
  const readable = plain.includes(from) || from === 'int64' || from === 'float16';
  const writable = plain.includes(to) || to === 'int64' || to === 'float16';
  if (!readable || !writable) return undefined;
  const read = (x: number | bigint) => (from === 'float16' ? halfToNumber(Number(x)) : Number(x));
  const whole = to !== 'float32' && to !== 'float64' && to !== 'float16';
  return ([input], [output]) => {
    const source = input!.data;
    const { data } = output!;
    for (let i = 0; i < data.length; i++) {
      let x = read(source[i]!);
      if (to === 'bool') x = x !== 0 ? 1 : 0;
      else if (to === 'float16') x = numberToHalf(x);
      else if (whole) x = Math.trunc(x);
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
        data[i] = Number.isFinite(x) ? BigInt(x) : 0n;
      } else {
        data[i] = x;
      }
    }
  };
};

/** Which entry of the parameters an element takes: (i / inner) mod count. */
function slicesOf(shape: readonly number[], { scale, axis }: QuantParams) {
  const count = scale.length;
  return { count, inner: count === 1 ? 1 : (stridesOf(shape)[axis] ?? 1) };
}

const dequantize: KernelFactory = ({ inputs, outputs }) => {
  const [input] = inputs;
  if (!input || outputs[0]!.dtype !== 'float32') return undefined;
  if (input.dtype === 'float16') {
    return ([from], [to]) => {
      const out = to!.data as Float32Array;
      const bits = from!.data as Uint16Array;
      for (let i = 0; i < out.length; i++) out[i] = halfToNumber(bits[i]!);
    };
  }
  const { quant } = input;
  if (!quant || !integers.includes(input.dtype)) return undefined;
  const { count, inner } = slicesOf(input.shape, quant);
  const kernel: Kernel = ([from], [to]) => {
    const out = to!.data as Float32Array;
    const values = from!.data as Int8Array;
    for (let i = 0; i < out.length; i++) {
      const slice = count === 1 ? 0 : Math.floor(i / inner) % count;
      out[i] = quant.scale[slice]! * (values[i]! - (quant.zeroPoint[slice] ?? 0));
    }
  };
  return kernel;
};

const gridRanges: Partial<Record<DType, readonly [number, number]>> = {
  int4: [-8, 7],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
};

const quantize: KernelFactory = ({ inputs, outputs }) => {
  const [output] = outputs;
  const quant = output!.quant;
  const range = gridRanges[output!.dtype];
  if (inputs[0]?.dtype !== 'float32' || !quant || !range) return undefined;
  const [low, high] = range;
  const { count, inner } = slicesOf(output!.shape, quant);
  return ([from], [to]) => {
    const values = from!.data as Float32Array;
    const out = to!.data as Int8Array;
    for (let i = 0; i < out.length; i++) {
      const slice = count === 1 ? 0 : Math.floor(i / inner) % count;
      const q =
        roundHalfAwayFromZero(Math.fround(values[i]! / quant.scale[slice]!)) +
        (quant.zeroPoint[slice] ?? 0);
      out[i] = q < low ? low : q > high ? high : q;
    }
  };
};

export const convertKernels = {
  CAST: cast,
  DEQUANTIZE: dequantize,
  QUANTIZE: quantize,
} satisfies KernelTable;
