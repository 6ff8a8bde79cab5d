/** Constants of a graph that is being built: the same name with the same content is one value. */
import { IntactError } from '../../model/error';
import type { Moments, TensorData, Value } from '../../model/graph';
import { elementCount } from '../../model/graph';

export type ConstantData = Float32Array | Int32Array;

function equal(a: Value, shape: readonly number[], data: TensorData): boolean {
  const other = a.data;
  return (
    other !== undefined &&
    other.constructor === data.constructor &&
    other.length === data.length &&
    a.shape.length === shape.length &&
    a.shape.every((size, axis) => size === shape[axis]) &&
    (other === data || other.every((item, index) => Object.is(item, data[index])))
  );
}

/** `values` is the graph's list, `add` appends to it under a unique name. */
export function constantPool(values: readonly Value[], add: (value: Value) => number) {
  const byName = new Map<string, readonly number[]>();
  return {
    /** Index of the constant. Throws `malformed` where data and shape don't go together. */
    find(name: string, shape: readonly number[], data: ConstantData, moving?: Moments): number {
      if (elementCount(shape) !== data.length)
        throw new IntactError(
          'malformed',
          `the array "${name}" has ${data.length} numbers, but the shape [${shape.join(', ')}].`,
        );
      const known = byName.get(name) ?? [];
      const same = known.find((index) => equal(values[index]!, shape, data));
      if (same !== undefined) return same;
      const dtype = data instanceof Int32Array ? 'int32' : 'float32';
      const index = add({ name, shape, dtype, data, ...(moving ? { moving } : {}) });
      byName.set(name, [...known, index]);
      return index;
    },

    /** Forgets the constants that are no longer among the first `count` values. */
    keep(count: number): void {
      for (const [name, known] of byName) {
        const kept = known.filter((index) => index < count);
        if (kept.length === 0) byName.delete(name);
        else if (kept.length < known.length) byName.set(name, kept);
      }
    },
  };
}
