/** Small graphs for this room's tests. */
import { elementCount, type DType, type Graph, type Node, type Value } from '../../model/graph';

export const value = (
  name: string,
  shape: readonly number[],
  more: Partial<Value> = {},
): Value => ({
  name,
  shape,
  dtype: 'float32',
  ...more,
});

/** A constant of ones, or of the numbers given. */
export function constant(
  name: string,
  shape: readonly number[],
  dtype: DType = 'float32',
  numbers?: readonly number[],
): Value {
  const filled = numbers ?? new Array<number>(elementCount(shape)).fill(1);
  const data =
    dtype === 'float32'
      ? Float32Array.from(filled)
      : dtype === 'int8' || dtype === 'int4'
        ? Int8Array.from(filled)
        : dtype === 'float16'
          ? Uint16Array.from(filled)
          : dtype === 'int16'
            ? Int16Array.from(filled)
            : dtype === 'int64'
              ? BigInt64Array.from(filled, BigInt)
              : Int32Array.from(filled);
  return value(name, shape, { dtype, data });
}

export const grid = (scale: number, zeroPoint: number): Pick<Value, 'dtype' | 'quant'> => ({
  dtype: 'int8',
  quant: { scale: Float32Array.of(scale), zeroPoint: Int32Array.of(zeroPoint), axis: 0 },
});

interface Step {
  readonly op: Node['op'];
  readonly name?: string;
  readonly inputs: readonly string[];
  /** Made by this node. */
  readonly output: Value;
  readonly attrs?: object;
  readonly layer?: number;
}

/** Values by name, in the order given: inputs and constants first, then what the steps make. */
export function graphOf(
  given: readonly Value[],
  steps: readonly Step[],
  inputs: readonly string[],
  outputs: readonly string[],
): Graph {
  const values = [...given, ...steps.map(({ output }) => output)];
  const index = (name: string) => values.findIndex((one) => one.name === name);
  return {
    name: 'graph',
    values,
    nodes: steps.map(
      ({ op, name, inputs: from, output, attrs, layer = 0 }) =>
        ({
          name: name ?? output.name,
          op,
          attrs: attrs ?? {},
          inputs: from.map(index),
          outputs: [index(output.name)],
          layer,
        }) as Node,
    ),
    inputs: inputs.map(index),
    outputs: outputs.map(index),
    layers: [{ name: 'all', type: 'All' }],
  };
}
