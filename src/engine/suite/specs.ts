/** Operands of the cases, and graphs whose output shapes come from inference. */
import { elementCount, type DType, type TensorData } from '../../model/graph';
import { inferShapes } from '../../model/infer';
import type { OpAttrs, OpName } from '../../model/ops';
import { oneOp, type Spec, type SuiteCase } from './build';
import type { Random } from '../../testing/random';

export type Shape = readonly number[];

export interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
}
export function grid(rng: Random): Grid {
  return { scale: rng.scale(0.005, 0.2), zeroPoint: rng.int(-128, 127) };
}
/** int8 on a grid. */
export function int8Feed(rng: Random, shape: Shape, { scale, zeroPoint }: Grid): Spec {
  return { shape, scale, zeroPoint, feed: rng.int8s(elementCount(shape)) };
}

/** Output scale that puts most accumulators inside int8. */
export function outputScale(rng: Random, input: number, weight: number, depth: number): number {
  return Math.fround(input * weight * Math.sqrt(depth) * rng.scale(20, 120));
}

/** STRIDED_SLICE without any. */
export const noMasks = {
  beginMask: 0,
  endMask: 0,
  ellipsisMask: 0,
  newAxisMask: 0,
  shrinkAxisMask: 0,
  offset: false,
} as const;

export function ints(...values: readonly number[]): Spec {
  return { shape: [values.length], dtype: 'int32', constant: Int32Array.from(values) };
}
export function pairs(...rows: readonly (readonly number[])[]): Spec {
  return {
    shape: [rows.length, rows[0]!.length],
    dtype: 'int32',
    constant: Int32Array.from(rows.flat()),
  };
}
export const scalar = (value: number): Spec => ({
  shape: [],
  dtype: 'int32',
  constant: Int32Array.of(value),
});

export function floatFeed(rng: Random, shape: Shape, spread = 2): Spec {
  return { shape, dtype: 'float32', feed: rng.floats(elementCount(shape), spread) };
}
export function floatConstant(rng: Random, shape: Shape, spread = 1): Spec {
  return { shape, dtype: 'float32', constant: rng.floats(elementCount(shape), spread) };
}
export function positive(rng: Random, shape: Shape): Spec {
  return {
    shape,
    dtype: 'float32',
    feed: Float32Array.from({ length: elementCount(shape) }, () => 0.05 + 4 * rng.next()),
  };
}
export function int32Feed(rng: Random, shape: Shape, low: number, high: number): Spec {
  const data = Int32Array.from({ length: elementCount(shape) }, () => rng.int(low, high));
  return { shape, dtype: 'int32', feed: data };
}
export function boolFeed(rng: Random, shape: Shape): Spec {
  const data = Uint8Array.from({ length: elementCount(shape) }, () => rng.int(0, 1));
  return { shape, dtype: 'bool', feed: data };
}

/** One operator; the output specs are inferred. */
export function inferred<K extends OpName>(
  label: string,
  op: K,
  attrs: OpAttrs[K],
  inputs: readonly (Spec | undefined)[],
): SuiteCase {
  const results = inferShapes(
    op,
    attrs,
    inputs.map(
      (spec, index) =>
        spec && {
          name: `input${index}`,
          shape: spec.shape,
          dtype: spec.dtype ?? 'float32',
          data: spec.constant as TensorData | undefined,
        },
    ),
  );
  const outputs = results.map(({ shape, dtype }): Spec => ({ shape, dtype: dtype as DType }));
  return oneOp(`${op} ${label}`, op, attrs, inputs, outputs);
}
