import { describe, expect, it } from 'vitest';
import { constantBytes } from './size';
import { constant, graphOf, value } from './testing/graphs';

const perChannel = (channels: number) => ({
  quant: {
    scale: new Float32Array(channels).fill(0.5),
    zeroPoint: new Int32Array(channels),
    axis: 0,
  },
});

describe('bytes of constants in the file', () => {
  it('are weights, bias, scales of 4 bytes and zero points of 8', () => {
    const graph = graphOf(
      [
        value('x', [1, 3]),
        { ...constant('w', [4, 3], 'int8'), ...perChannel(4) },
        { ...constant('b', [4], 'int32'), ...perChannel(4) },
      ],
      [{ op: 'FULLY_CONNECTED', inputs: ['x', 'w', 'b'], output: value('y', [1, 4]) }],
      ['x'],
      ['y'],
    );
    expect(constantBytes(graph).get('y')).toBe(12 + 4 * 12 + 16 + 4 * 12);
  });

  it('hold the shapes and axes that an operator needs', () => {
    const graph = graphOf(
      [value('x', [1, 4]), constant('shape', [2], 'int32', [2, 2])],
      [{ op: 'RESHAPE', inputs: ['x', 'shape'], output: value('y', [2, 2]) }],
      ['x'],
      ['y'],
    );
    expect(constantBytes(graph)).toEqual(new Map([['y', 8]]));
  });

  it('count a shared constant for the first node', () => {
    const graph = graphOf(
      [value('x', [4]), constant('c', [4])],
      [
        { op: 'ADD', inputs: ['x', 'c'], output: value('a', [4]) },
        { op: 'MUL', inputs: ['a', 'c'], output: value('b', [4]) },
      ],
      ['x'],
      ['b'],
    );
    expect([...constantBytes(graph)]).toEqual([
      ['a', 16],
      ['b', 0],
    ]);
  });

  it('count what reaches a node through DEQUANTIZE for that node, at its stored size', () => {
    const graph = graphOf(
      [value('x', [1, 3]), constant('half', [4, 3], 'float16'), constant('int', [5], 'int4')],
      [
        { op: 'DEQUANTIZE', inputs: ['half'], output: value('w', [4, 3]) },
        { op: 'FULLY_CONNECTED', inputs: ['x', 'w'], output: value('y', [1, 4]) },
        { op: 'DEQUANTIZE', inputs: ['y'], output: value('z', [1, 4]) },
        { op: 'ADD', inputs: ['z', 'int'], output: value('end', [1, 5]) },
      ],
      ['x'],
      ['end'],
    );
    // int4: two per byte, rounded up.
    expect([...constantBytes(graph)]).toEqual([
      ['y', 24],
      ['z', 0],
      ['end', 3],
    ]);
  });
});
