/** What factories ask of a site. */
import { IntactError } from '../../model/error';
import { elementCount, type Tensor, type TensorData, type Value } from '../../model/graph';
import type { Kernel, KernelSite } from '../engine';

/** Elements as numbers (int64 too: axes, shapes and indices are below 2^53). */
export function numbersOf(data: TensorData): number[] {
  return Array.from(data as ArrayLike<number | bigint>, Number);
}

export type Parameters = readonly (readonly number[])[];

/**
 * A kernel that depends on the elements of its inputs at `positions` (axes, sizes, paddings): made
 * once where they are constants, for each call where they are computed.
 */
export function withParameters(
  site: KernelSite,
  positions: readonly number[],
  make: (parameters: Parameters) => Kernel,
): Kernel | undefined {
  const sources = positions.map((position) => site.inputs[position]);
  if (sources.some((source) => source === undefined)) return undefined;
  if (sources.every((source) => source!.data !== undefined)) {
    return make(sources.map((source) => numbersOf(source!.data!)));
  }
  return (inputs, outputs) => {
    make(positions.map((position) => numbersOf(inputs[position]!.data)))(inputs, outputs);
  };
}

/** Axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The value that padding means: the zero point of a quantized value, else 0. */
export function zeroOf(value: Value): number {
  return value.quant ? (value.quant.zeroPoint[0] ?? 0) : 0;
}

/** Inputs (where present) and outputs all have the dtype. */
export function allOf(site: KernelSite, dtype: Value['dtype']): boolean {
  return (
    site.inputs.every((value) => value === undefined || value.dtype === dtype) &&
    site.outputs.every((value) => value.dtype === dtype)
  );
}

/** Both hold numbers of one grid: same dtype and, if quantized, same parameters. */
export function sameGrid(a: Value, b: Value): boolean {
  if (a.dtype !== b.dtype) return false;
  if (!a.quant || !b.quant) return true;
  return (
    a.quant.scale.length === b.quant.scale.length &&
    a.quant.scale.every((scale, at) => scale === b.quant!.scale[at]) &&
    a.quant.zeroPoint.every((zero, at) => zero === b.quant!.zeroPoint[at])
  );
}

export function floats(tensor: Tensor | undefined): Float32Array {
  return tensor!.data as Float32Array;
}

/** Fills any storage with a number. */
export function fillWith(data: TensorData, value: number): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(value));
  else data.fill(value);
}

/** Refuses a site whose parameters ask for another number of elements than its output has. */
export function wantCount(site: KernelSite, count: number): void {
  if (count === elementCount(site.outputs[0]!.shape)) return;
  throw new IntactError(
    'malformed',
    `The sizes that ${site.node.op} "${site.node.name}" is given don't fit its output [${site.outputs[0]!.shape.join(', ')}]; the model's file is damaged.`,
  );
}
