/**
 * Reductions over axes (input 1), ARG_MAX and ARG_MIN, CUMSUM. Source: TFLite reduce.h,
 * arg_min_max.h (first of equals), cumsum.h. Sums are float64, rounded once.
 */
import { elementCount } from '../../../model/graph';
import type { OpName } from '../../../model/ops';
import type { Kernel, KernelFactory } from '../../engine';
import { stridesOf } from '../move/view';
import { axisOf, withParameters } from '../site';
import { byOperator, joined, type KernelTable } from '../table';
import { runsOf, type Runs } from './runs';

interface Reduction<T> {
  readonly start: T;
  readonly step: (sum: T, x: T) => T;
}
/** undefined: bool only, which int64 is not. */
interface Reductions {
  readonly numbers: Reduction<number>;
  readonly int64: Reduction<bigint> | undefined;
}

const operators = {
  SUM: {
    numbers: { start: 0, step: (sum, x) => sum + x },
    int64: { start: 0n, step: (sum, x) => sum + x },
  },
  MEAN: {
    numbers: { start: 0, step: (sum, x) => sum + x },
    int64: { start: 0n, step: (sum, x) => sum + x },
  },
  REDUCE_PROD: {
    numbers: { start: 1, step: (product, x) => product * x },
    int64: { start: 1n, step: (product, x) => product * x },
  },
  REDUCE_MAX: {
    numbers: { start: -Infinity, step: (most, x) => (x > most ? x : most) },
    int64: { start: -(2n ** 63n), step: (most, x) => (x > most ? x : most) },
  },
  REDUCE_MIN: {
    numbers: { start: Infinity, step: (least, x) => (x < least ? x : least) },
    int64: { start: 2n ** 63n - 1n, step: (least, x) => (x < least ? x : least) },
  },
  REDUCE_ANY: { numbers: { start: 0, step: (any, x) => any | x }, int64: undefined },
  REDUCE_ALL: { numbers: { start: 1, step: (all, x) => all & x }, int64: undefined },
} satisfies Partial<Record<OpName, Reductions>>;

/** Runs over the input; operand 0 walks the input, operand 1 the output (standing still where reduced). */
function reductionRuns(shape: readonly number[], axes: ReadonlySet<number>): Runs {
  const kept = stridesOf(shape.map((size, axis) => (axes.has(axis) ? 1 : size)));
  const strides = kept.map((own, axis) => (axes.has(axis) ? 0 : own));
  return runsOf(shape, [stridesOf(shape), strides]);
}

/** out[o] = step(out[o], in[i]) over all runs; sums and means take the loop without a call. */
function accumulate<T>(runs: Runs, from: ArrayLike<T>, to: T[], step: (sum: T, x: T) => T): void {
  const [ins, outs] = runs.starts as [Int32Array, Int32Array];
  const [si, so] = runs.steps as [number, number];
  for (let run = 0; run < ins.length; run++) {
    let i = ins[run]!;
    let o = outs[run]!;
    for (let k = 0; k < runs.length; k++, i += si, o += so) to[o] = step(to[o]!, from[i]!);
  }
}

function sumUp(runs: Runs, from: Float32Array, to: Float64Array): void {
  const [ins, outs] = runs.starts as [Int32Array, Int32Array];
  const [si, so] = runs.steps as [number, number];
  for (let run = 0; run < ins.length; run++) {
    let i = ins[run]!;
    let o = outs[run]!;
    if (so === 0) {
      let sum = to[o]!;
      for (let k = 0; k < runs.length; k++, i += si) sum += from[i]!;
      to[o] = sum;
    } else {
      for (let k = 0; k < runs.length; k++, i += si, o += so) to[o] = to[o]! + from[i]!;
    }
  }
}

const sumKernels = byOperator<keyof typeof operators, Reductions>(operators, (site, own) => {
  const { node } = site;
  const [input] = site.inputs;
  const [output] = site.outputs;
  if (!input || input.quant || input.dtype !== output!.dtype) return undefined;
  const { numbers, int64 } = own;
  if (input.dtype === 'int64' && !int64) return undefined;
  const shape = input.shape;
  const count = elementCount(output!.shape);
  const perOutput = elementCount(shape) / count;
  return withParameters(site, [1], ([axes]): Kernel => {
    const runs = reductionRuns(shape, new Set(axes!.map((axis) => axisOf(axis, shape.length))));
    if (input.dtype === 'int64') {
      return ([from], [to]) => {
        const out = to!.data as BigInt64Array;
        out.fill(int64!.start);
        const values = from!.data as BigInt64Array;
        accumulate(runs, values, out as unknown as bigint[], int64!.step);
        if (node.op === 'MEAN') for (let o = 0; o < count; o++) out[o]! /= BigInt(perOutput);
      };
    }
    const scratch = new Float64Array(count);
    return ([from], [to]) => {
      scratch.fill(numbers.start);
      const values = from!.data as Float32Array;
      if (node.op === 'SUM' || node.op === 'MEAN') sumUp(runs, values, scratch);
      else accumulate(runs, values, scratch as unknown as number[], numbers.step);
      if (node.op === 'MEAN') for (let o = 0; o < count; o++) scratch[o] = scratch[o]! / perOutput;
      (to!.data as Float32Array).set(scratch);
    };
  });
});

/** Ties go to the first. */
const argExtreme: KernelFactory = (site) => {
  const { node } = site;
  const [input] = site.inputs;
  if (!input || (node.op !== 'ARG_MAX' && node.op !== 'ARG_MIN')) return undefined;
  const most = node.op === 'ARG_MAX';
  const { shape } = input;
  return withParameters(site, [1], ([axes]) => {
    const axis = axisOf(axes![0]!, shape.length);
    const outer = elementCount(shape.slice(0, axis));
    const size = shape[axis]!;
    const inner = elementCount(shape.slice(axis + 1));
    return ([from], [to]) => {
      const values = from!.data as Float32Array;
      const wide = to!.data instanceof BigInt64Array ? to!.data : undefined;
      const narrow = to!.data as Int32Array;
      for (let o = 0; o < outer * inner; o++) {
        const start = Math.floor(o / inner) * size * inner + (o % inner);
        let best = 0;
        for (let k = 1; k < size; k++) {
          const x = values[start + k * inner]!;
          const y = values[start + best * inner]!;
          if (most ? x > y : x < y) best = k;
        }
        if (wide) wide[o] = BigInt(best);
        else narrow[o] = best;
      }
    };
  });
};

const cumsum: KernelFactory = (site) => {
  const { node } = site;
  const [input] = site.inputs;
  if (node.op !== 'CUMSUM' || !input || input.quant) return undefined;
  if (input.dtype !== 'float32' && input.dtype !== 'int32' && input.dtype !== 'int64') {
    return undefined;
  }
  const { exclusive, reverse } = node.attrs;
  const { shape } = input;
  const big = input.dtype === 'int64';
  return withParameters(site, [1], ([axes]) => {
    const axis = axisOf(axes![0]!, shape.length);
    const outer = elementCount(shape.slice(0, axis));
    const size = shape[axis]!;
    const inner = elementCount(shape.slice(axis + 1));
    return ([from], [to]) => {
      // One storage type on both sides; int64 adds as bigint.
      const values = from!.data as Float32Array;
      const out = to!.data as Float32Array;
      for (let o = 0; o < outer * inner; o++) {
        const start = Math.floor(o / inner) * size * inner + (o % inner);
        let sum = (big ? 0n : 0) as number;
        for (let k = 0; k < size; k++) {
          const at = start + (reverse ? size - 1 - k : k) * inner;
          const x = values[at]!;
          if (exclusive) out[at] = sum;
          sum += x;
          if (!exclusive) out[at] = sum;
        }
      }
    };
  });
};

export const reduceKernels = joined(sumKernels, {
  ARG_MAX: argExtreme,
  ARG_MIN: argExtreme,
  CUMSUM: cumsum,
} satisfies KernelTable);
