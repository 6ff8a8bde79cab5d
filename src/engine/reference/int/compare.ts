/**
 * EQUAL, NOT_EQUAL, GREATER(_EQUAL), LESS(_EQUAL), int8 → bool, with broadcasting: both operands on
 * a common fixed-point grid. Source: TFLite comparisons.cc ComparisonQuantized (left shift 8).
 */
import type { OpName } from '../../../model/ops';
import {
  broadcastIndex,
  broadcastPlan,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
} from '../../numerics';
import { byOperator } from '../table';
import { affine, int8, isInt8, type Affine } from './site';

const predicates = {
  EQUAL: (a, b) => a === b,
  NOT_EQUAL: (a, b) => a !== b,
  GREATER: (a, b) => a > b,
  GREATER_EQUAL: (a, b) => a >= b,
  LESS: (a, b) => a < b,
  LESS_EQUAL: (a, b) => a <= b,
} satisfies Partial<Record<OpName, (a: number, b: number) => boolean>>;

/** Fixed-point value of every int8, index q + 128. */
function levels({ scale, zeroPoint }: Affine): Int32Array {
  const { multiplier, shift } = quantizeMultiplier(scale);
  return Int32Array.from({ length: 256 }, (_, index) =>
    multiplyByQuantizedMultiplier((index - 128 - zeroPoint) * 256, multiplier, shift),
  );
}

export const compareKernels = byOperator(predicates, (site, holds) => {
  const [first, second] = site.inputs;
  const [output] = site.outputs;
  const a = affine(first);
  const b = affine(second);
  if (!isInt8(first) || !isInt8(second) || !a || !b || output?.dtype !== 'bool') {
    return undefined;
  }
  const levelsA = levels(a);
  const levelsB = levels(b);
  const plan = broadcastPlan([first.shape, second.shape]);
  const indexA = broadcastIndex(plan.shape, plan.strides[0]!);
  const indexB = broadcastIndex(plan.shape, plan.strides[1]!);
  return (inputs, outputs) => {
    const x = int8(inputs[0]);
    const z = int8(inputs[1]);
    const y = outputs[0]!.data as Uint8Array;
    for (let i = 0; i < y.length; i++) {
      y[i] = holds(levelsA[x[indexA[i]!]! + 128]!, levelsB[z[indexB[i]!]! + 128]!) ? 1 : 0;
    }
  };
});
