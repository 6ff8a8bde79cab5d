/** Strided copies: what every data movement comes down to. Strides and bases count elements. */
import type { TensorData } from '../../../model/graph';

export interface View {
  readonly base: number;
  readonly strides: readonly number[];
}

/** Row-major strides. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  }
  return strides;
}

/** Drops axes of size 1 and merges neighbours that every stride list walks without a jump. */
export function collapse(
  shape: readonly number[],
  operands: readonly (readonly number[])[],
): { shape: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const strides: number[][] = operands.map(() => []);
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const last = sizes.length - 1;
    const joins =
      last >= 0 && operands.every((own, at) => strides[at]![last] === own[axis]! * size);
    if (joins) {
      sizes[last]! *= size;
      operands.forEach((own, at) => (strides[at]![last] = own[axis]!));
    } else {
      sizes.push(size);
      operands.forEach((own, at) => strides[at]!.push(own[axis]!));
    }
  });
  return { shape: sizes, strides };
}

export type Copy = (from: TensorData, to: TensorData) => void;

/** Runs shorter than this are copied element by element: TypedArray.set has a fixed cost. */
const leastRun = 24;

/** Copies a box of `shape` between two arrays of one storage type. */
export function copier(shape: readonly number[], source: View, target: View): Copy {
  if (shape.some((size) => size <= 0)) return () => undefined;
  const flat = collapse(shape, [source.strides, target.strides]);
  while (flat.shape.length < 2) {
    flat.shape.unshift(1);
    flat.strides.forEach((own) => own.unshift(0));
  }
  const rank = flat.shape.length;
  const outer = flat.shape.slice(0, rank - 2);
  const [rows, columns] = flat.shape.slice(rank - 2) as [number, number];
  const sourceStrides = flat.strides[0]!;
  const targetStrides = flat.strides[1]!;
  const [sourceRow, sourceStep] = sourceStrides.slice(rank - 2) as [number, number];
  const [targetRow, targetStep] = targetStrides.slice(rank - 2) as [number, number];
  const whole = sourceStep === 1 && targetStep === 1 && columns >= leastRun;
  const position = new Int32Array(outer.length);

  return (fromData, toData) => {
    // Both have one storage type; which one doesn't matter to a copy.
    const from = fromData as Float32Array;
    const to = toData as Float32Array;
    let s = source.base;
    let t = target.base;
    position.fill(0);
    for (;;) {
      for (let row = 0; row < rows; row++) {
        let a = s + row * sourceRow;
        let b = t + row * targetRow;
        if (whole) {
          to.set(from.subarray(a, a + columns), b);
        } else {
          for (let i = 0; i < columns; i++, a += sourceStep, b += targetStep) to[b] = from[a]!;
        }
      }
      let axis = outer.length - 1;
      for (; axis >= 0; axis--) {
        s += sourceStrides[axis]!;
        t += targetStrides[axis]!;
        if (++position[axis]! < outer[axis]!) break;
        s -= sourceStrides[axis]! * outer[axis]!;
        t -= targetStrides[axis]! * outer[axis]!;
        position[axis] = 0;
      }
      if (axis < 0) return;
    }
  };
}
