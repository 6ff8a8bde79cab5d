import { describe, expect, it } from 'vitest';
import type { Graph, Node, Value } from '../model/graph';
import { carried, withInputShapes } from './resized';
import { tinyGraph } from './testing/tiny';

const value = (name: string, shape: number[], data?: Int32Array): Value => ({
  name,
  shape,
  dtype: data ? 'int32' : 'float32',
  ...(data ? { data } : {}),
});
const node = (name: string, op: string, attrs: object, inputs: number[], output: number) =>
  ({ name, op, attrs, inputs, outputs: [output], layer: 0 }) as unknown as Node;

const open: Graph = {
  name: 'open',
  values: [
    value('x', [1, 1, 1, 3]),
    value('relu', [1, 1, 1, 3]),
    value('axes', [2], Int32Array.from([1, 2])),
    value('mean', [1, 3]),
  ],
  nodes: [node('relu', 'RELU', {}, [0], 1), node('mean', 'MEAN', { keepDims: false }, [1, 2], 3)],
  inputs: [0],
  outputs: [3],
  layers: [{ name: 'all', type: 'All' }],
};

describe('a graph of open size', () => {
  it('takes the size of the samples', () => {
    const sized = withInputShapes(open, [[1, 8, 6, 3]]);
    expect(sized.values.map(({ shape }) => shape)).toEqual([
      [1, 8, 6, 3],
      [1, 8, 6, 3],
      [2],
      [1, 3],
    ]);
    expect(open.values[0]!.shape).toEqual([1, 1, 1, 3]);
    expect(sized.values[2]).toBe(open.values[2]);
  });

  it('has reshapes to sizes that follow from the input: axes of 1 put in, and axes merged', () => {
    expect(carried([1, 128, 4], [1, 40, 4], [1, 1, 128, 4])).toEqual([1, 1, 40, 4]);
    expect(carried([1, 1, 128, 8], [1, 1, 40, 8], [1, 128, 8])).toEqual([1, 40, 8]);
    expect(carried([1, 7, 7, 8], [1, 5, 9, 8], [1, 49, 8])).toEqual([1, 45, 8]);
    expect(carried([1, 49, 8], [1, 45, 8], [1, 7, 7, 8])).toBeUndefined();
    expect(carried([1, 1, 8], [1, 3, 8], [1, 8])).toBeUndefined();
    // Conv1D of any length, as its importer writes it: RESHAPE [-1, 1, 128, 4].
    const line: Graph = {
      name: 'line',
      values: [
        value('x', [1, 128, 4]),
        value('sizes', [4], Int32Array.from([-1, 1, 128, 4])),
        value('image', [1, 1, 128, 4]),
      ],
      nodes: [node('expand', 'RESHAPE', {}, [0, 1], 2)],
      inputs: [0],
      outputs: [2],
      layers: [{ name: 'all', type: 'All' }],
    };
    expect(withInputShapes(line, [[1, 40, 4]]).values[2]!.shape).toEqual([1, 1, 40, 4]);
    expect(line.nodes[0]!.inputs).toEqual([0, 1]);
  });

  it('is itself where nothing changes', () => {
    expect(withInputShapes(open, [[1, 1, 1, 3]])).toBe(open);
    expect(withInputShapes(open, [])).toBe(open);
  });

  it('says which layer cannot take the size', () => {
    expect(() => withInputShapes(tinyGraph, [[1, 3]])).toThrow(/1?3.*layer "first" cannot take/s);
    try {
      withInputShapes(tinyGraph, [[1, 3]]);
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-data', data: { node: 'first' } });
    }
  });
});
