/** Scale and zero point by a constant's own range, and the plan of one scale. */
import type { Value } from '../model/graph';
import { paramsIn, requireFinite, type ScalarParams } from './affine';
import type { IntegerType } from './targets/target';
import type { ValuePlan } from './types';
import type { Why } from './why';

/** Parameters of a constant by its own range. Throws `bad-data` for NaN or infinity in it. */
export function rangeOf(constant: Value, where: string, type: IntegerType): ScalarParams {
  let [min, max] = [0, 0];
  for (const x of constant.data as Float32Array) {
    requireFinite(x, where);
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return paramsIn(type, min, max, where);
}

/** A per-tensor plan of these parameters. */
export function valuePlan(
  { scale, zeroPoint }: ScalarParams,
  why: Why,
  dtype: IntegerType,
): ValuePlan {
  return {
    dtype,
    scale: Float32Array.of(scale),
    zeroPoint: Int32Array.of(zeroPoint),
    axis: 0,
    why,
  };
}
