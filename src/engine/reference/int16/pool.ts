/**
 * AVERAGE_POOL_2D, MAX_POOL_2D (reference/integer_ops/pooling.h) and MEAN (reduce.cc), int16. Pools: input and output
 * parameters are equal; averages go to the nearest integer, ties away from zero. MEAN: the number of elements goes into the multiplier.
 */
import type { KernelFactory } from '../../engine';
import {
  clamp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  window,
  type QuantizedMultiplier,
} from '../../numerics';
import { axesOf, outputOf } from '../int/reduce';
import { isClamp } from '../int/site';
import type { KernelTable } from '../table';
import { int16, least, most, rangeOn, scaleOf } from './numerics';

const pool2d: KernelFactory = (site) => {
  const { node } = site;
  if (node.op !== 'AVERAGE_POOL_2D' && node.op !== 'MAX_POOL_2D') return undefined;
  const { attrs } = node;
  const input = site.inputs[0];
  const to = scaleOf(site.outputs[0]);
  if (scaleOf(input) === undefined || to === undefined || !isClamp(attrs.activation))
    return undefined;
  const average = node.op === 'AVERAGE_POOL_2D';
  const [batches, inH, inW, channels] = input!.shape as [number, number, number, number];
  const rows = window(attrs.padding, inH, attrs.filterH, attrs.strideH);
  const columns = window(attrs.padding, inW, attrs.filterW, attrs.strideW);
  const { low, high } = rangeOn(attrs.activation, to);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    let at = 0;
    for (let n = 0; n < batches; n++)
      for (let oy = 0; oy < rows.output; oy++)
        for (let ox = 0; ox < columns.output; ox++)
          for (let c = 0; c < channels; c++) {
            const top = oy * attrs.strideH - rows.before;
            const left = ox * attrs.strideW - columns.before;
            let value = average ? 0 : least;
            let count = 0;
            for (let iy = Math.max(0, top); iy < Math.min(inH, top + attrs.filterH); iy++)
              for (let ix = Math.max(0, left); ix < Math.min(inW, left + attrs.filterW); ix++) {
                const here = x[((n * inH + iy) * inW + ix) * channels + c]!;
                count++;
                if (average) value += here;
                else if (here > value) value = here;
              }
            const half = count >> 1;
            if (average) value = Math.trunc((value > 0 ? value + half : value - half) / count);
            y[at++] = clamp(value, low, high);
          }
  };
};

/** Of sums of `count` elements: the division goes into the multiplier (reduce.cc). */
export function meanMultiplier(real: number, count: number): QuantizedMultiplier {
  const { multiplier, shift } = quantizeMultiplier(real);
  const scaled = Math.min(31 - Math.clz32(count), 31 + shift);
  const divided = Number((BigInt(multiplier) << BigInt(scaled)) / BigInt(count));
  return { multiplier: divided, shift: shift - scaled };
}

const mean: KernelFactory = (site) => {
  const { node } = site;
  const [input, axisValue] = site.inputs;
  const from = scaleOf(input);
  const to = scaleOf(site.outputs[0]);
  if (node.op !== 'MEAN' || from === undefined || to === undefined) return undefined;
  const axes = axesOf(axisValue, input!.shape.length);
  if (!axes) return undefined;
  const target = outputOf(input!.shape, axes);
  const count = axes.reduce((product, axis) => product * input!.shape[axis]!, 1);
  if (count === 0) return undefined;
  const { multiplier, shift } = meanMultiplier(from / to, count);
  const finish = (sum: number) =>
    clamp(multiplyByQuantizedMultiplier(sum, multiplier, shift), least, most);
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    const sums = new Float64Array(y.length);
    for (let i = 0; i < x.length; i++) sums[target[i]!] = sums[target[i]!]! + x[i]!;
    for (let i = 0; i < y.length; i++) y[i] = finish(sums[i]!);
  };
};

const extreme: KernelFactory = (site) => {
  const { node } = site;
  const [input, axisValue] = site.inputs;
  if (node.op !== 'REDUCE_MAX' && node.op !== 'REDUCE_MIN') return undefined;
  if (scaleOf(input) === undefined || scaleOf(site.outputs[0]) === undefined) return undefined;
  const axes = axesOf(axisValue, input!.shape.length);
  if (!axes) return undefined;
  const target = outputOf(input!.shape, axes);
  const sign = node.op === 'REDUCE_MAX' ? 1 : -1;
  return (inputs, outputs) => {
    const x = int16(inputs[0]);
    const y = int16(outputs[0]);
    y.fill(sign > 0 ? least : most);
    for (let i = 0; i < x.length; i++)
      if (sign * x[i]! > sign * y[target[i]!]!) y[target[i]!] = x[i]!;
  };
};

export const poolKernels = {
  AVERAGE_POOL_2D: pool2d,
  MAX_POOL_2D: pool2d,
  MEAN: mean,
  REDUCE_MAX: extreme,
  REDUCE_MIN: extreme,
} satisfies KernelTable;
