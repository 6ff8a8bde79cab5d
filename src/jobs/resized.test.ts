import { describe, expect, it } from 'vitest';
import type { Graph, Node, Value } from '../model/graph';
import { withInputShapes } from './resized';
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
