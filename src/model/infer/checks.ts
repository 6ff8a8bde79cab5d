/** What the shape rules share: refusals, constant operands, axes, broadcasting. */
import { IntactError } from '../error';
import type { DType, Value } from '../graph';

export interface Inferred {
  readonly shape: readonly number[];
  readonly dtype: DType;
}
export type Operands = readonly (Value | undefined)[];

/** TFLite counts elements and bytes in int32. */
const mostElements = 2 ** 31 - 1;
/** Beyond any operator of TFLite; keeps loops over dimensions short on hostile files. */
const mostDimensions = 16;

export function refuse(message: string): never {
  throw new IntactError('malformed', message);
}

export function named(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** The operand, which must be there. */
export function operand(inputs: Operands, index: number): Value {
  return inputs[index] ?? refuse(`input ${index} is missing.`);
}

/** Checks that sizes are integers ≥ 0 and the product fits int32. */
export function checkedShape(shape: readonly number[]): readonly number[] {
  if (shape.length > mostDimensions)
    refuse(`a tensor of ${shape.length} dimensions is more than any operator takes.`);
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0)
      refuse(`the shape ${named(shape)} has a size that is negative or no whole number.`);
    count *= size;
  }
  if (count > mostElements)
    refuse(`a tensor of shape ${named(shape)} has more elements than a TFLite tensor can have.`);
  return shape;
}

/** The whole numbers that a constant operand holds (axes, shapes, paddings). */
export function constantInts(inputs: Operands, index: number): number[] {
  const value = operand(inputs, index);
  if (value.data === undefined)
    throw new IntactError(
      'unsupported',
      `the output shape depends on the tensor "${value.name}", which is known only when the model runs; Intact needs fixed shapes.`,
    );
  return Array.from(value.data as ArrayLike<number | bigint>, Number);
}

export function constantInt(inputs: Operands, index: number): number {
  const [number] = constantInts(inputs, index);
  return number ?? refuse(`input ${index} must hold one number.`);
}

/** Axis in 0…rank−1; negative ones count from the end. */
export function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive >= rank)
    refuse(`axis ${axis} does not exist in a tensor of ${rank} dimensions.`);
  return positive;
}

export function wantRank(value: Value, rank: number, role: string): void {
  if (value.shape.length !== rank)
    refuse(`${role} must have ${rank} dimensions, but has the shape ${named(value.shape)}.`);
}

export function wantPositive(number: number, role: string): void {
  if (!Number.isInteger(number) || number < 1) refuse(`${role} must be at least 1, not ${number}.`);
}

/** NumPy broadcasting of two shapes. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    return refuse(`the shapes ${named(a)} and ${named(b)} do not fit together.`);
  });
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
