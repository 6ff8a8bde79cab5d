/**
 * SOFTMAX, int16: tables with linear interpolation. Output scale 1/32768.
 * Source: TFLite reference/softmax.h (SoftmaxInt16), common.h (LUTPopulate, LUTLookup, a table of 512 steps).
 */
import type { KernelFactory } from '../../engine';
import { elementCount } from '../../../model/graph';
import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAwayFromZero as round,
} from '../../numerics';
import type { KernelTable } from '../table';
import { int16, least, most, scaleOf } from './numerics';

const steps = 512;

/** 513 samples of `f`, each moved by half the error that interpolation makes in the middle of its step. */
function tableOf(scale: number, zero: number, f: (x: number) => number): Int16Array {
  const low = scale * (least - zero);
  const step = (scale * (most - zero) - low) / steps;
  const inverse = 65536 / ((2 / 65535) * (most - least));
  const table = new Int16Array(steps + 1);
  for (let i = 0; i < steps; i++) {
    const sample = round(f(low + i * step) * inverse);
    const middle = round(f(low + i * step + step / 2) * inverse);
    const line = round((f(low + (i + 1) * step) * inverse + sample) / 2);
    table[i] = clamp(sample - round((line - middle) / 2), least, most);
  }
  table[steps] = clamp(round(f(scale * (most - zero)) * inverse), least, most);
  return table;
}

function lookUp(table: Int16Array, x: number): number {
  const index = 256 + (x >> 7);
  const base = table[index]!;
  return base + (((table[index + 1]! - base) * (x & 0x7f) + 64) >> 7);
}

const exponential = tableOf(10 / 65535, most, Math.exp);
const reciprocal = tableOf(1 / 65535, least, (x) => 1 / (1 + x));

const softmax: KernelFactory = (site) => {
  const { node } = site;
  const input = site.inputs[0];
  const from = scaleOf(input);
  if (node.op !== 'SOFTMAX' || from === undefined || scaleOf(site.outputs[0]) === undefined)
    return undefined;
  const depth = input!.shape[input!.shape.length - 1] ?? 1;
  const rows = depth === 0 ? 0 : elementCount(input!.shape) / depth;
  const { multiplier, shift } = quantizeMultiplier(
    (from * Math.fround(node.attrs.beta)) / (10 / 65535),
  );
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    for (let row = 0; row < rows; row++) {
      const start = row * depth;
      const end = start + depth;
      let largest = least;
      for (let i = start; i < end; i++) if (x[i]! > largest) largest = x[i]!;
      let sum = 0;
      for (let i = start; i < end; i++) {
        const scaled = multiplyByQuantizedMultiplier(x[i]! - largest, multiplier, shift);
        y[i] = lookUp(exponential, clamp(scaled + most, least, most));
        sum += y[i]!;
      }
      const headroom = Math.clz32(sum);
      const shifted = Math.floor((sum * 2 ** (headroom - 1) + 8192) / 16384);
      const inverse = lookUp(reciprocal, clamp(shifted - 98304, least, most));
      const right = 31 - headroom;
      for (let i = start; i < end; i++) {
        const scaled = Math.floor((y[i]! * inverse + 2 ** (right - 1)) / 2 ** right);
        y[i] = clamp(scaled, 0, most);
      }
    }
  };
};

export const lookupKernels = {
  SOFTMAX: softmax,
} satisfies KernelTable;
