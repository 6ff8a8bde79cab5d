import { describe, expect, it } from 'vitest';
import type { Graph, Node, Value } from '../model/graph';
import { needsOf } from './needs';
import { tinyGraph } from './testing/tiny';

const value = (name: string, shape: readonly number[], more: Partial<Value> = {}): Value => ({
  name,
  shape,
  dtype: 'float32',
  ...more,
});
const constant = (name: string, ...data: number[]): Value =>
  value(name, data.length === 1 ? [] : [data.length], { data: Float32Array.from(data) });
const node = (op: string, inputs: number[], output: number, attrs: object = {}, layer = 0): Node =>
  ({ name: `${op} ${output}`, op, attrs, inputs, outputs: [output], layer }) as unknown as Node;
const graph = (values: Value[], nodes: Node[], output: number, layers = ['Dense']): Graph => ({
  name: 'g',
  values,
  nodes,
  inputs: [0],
  outputs: [output],
  layers: layers.map((type) => ({ name: type.toLowerCase(), type })),
});

describe('what samples must fit', () => {
  it('is each input and output, as the file has it', () => {
    const open = {
      ...tinyGraph,
      values: tinyGraph.values.map((one, at) => (at === 0 ? { ...one, signature: [-1, 2] } : one)),
    };
    expect(needsOf(open)).toEqual({
      inputs: [{ name: 'x', dtype: 'float32', shape: [1, 2], signature: [-1, 2], indexLimit: 0 }],
      outputs: [{ name: 'z', shape: [1, 2], ends: 'linear' }],
    });
    expect(needsOf(tinyGraph).inputs[0]!.signature).toEqual([1, 2]);
  });
});

describe('an index', () => {
  const table = value('table', [50, 8], { data: new Float32Array(400) });
  const x = value('x', [1, 4], { dtype: 'int32' });

  it('stays inside the table that it looks up, directly or after integer arithmetic', () => {
    const direct = graph(
      [x, table, value('y', [1, 4, 8])],
      [node('GATHER', [1, 0], 2, { axis: 0 })],
      2,
    );
    expect(needsOf(direct).inputs[0]!.indexLimit).toBe(50);
    const last = graph(
      [x, table, value('y', [50, 4])],
      [node('GATHER', [1, 0], 2, { axis: 1 })],
      2,
    );
    expect(needsOf(last).inputs[0]!.indexLimit).toBe(8);
    const counted = graph(
      [x, table, value('y', [50, 4])],
      [node('GATHER', [1, 0], 2, { axis: -1 })],
      2,
    );
    expect(needsOf(counted).inputs[0]!.indexLimit).toBe(50);
    const lookup = graph([x, table, value('y', [4, 8])], [node('EMBEDDING_LOOKUP', [0, 1], 2)], 2);
    expect(needsOf(lookup).inputs[0]!.indexLimit).toBe(50);
    const added = graph(
      [x, table, value('moved', [1, 4], { dtype: 'int32' }), value('y', [1, 4, 8])],
      [node('ADD', [0, 0], 2, { activation: 'NONE' }), node('GATHER', [1, 2], 3, { axis: 0 })],
      3,
    );
    expect(needsOf(added).inputs[0]!.indexLimit).toBe(50);
    const reshaped = graph(
      [value('x', [1, 4]), table, value('flat', [4]), value('y', [4, 8])],
      [node('RESHAPE', [0], 2), node('GATHER', [1, 2], 3, { axis: 0 })],
      3,
    );
    expect(needsOf(reshaped).inputs[0]!.indexLimit).toBe(50);
  });

  it('is none where it is the table, or computed with as numbers', () => {
    const looked = graph(
      [
        value('x', [50, 8]),
        value('i', [1], { dtype: 'int32', data: new Int32Array(1) }),
        value('y', [1, 8]),
      ],
      [node('GATHER', [0, 1], 2, { axis: 0 })],
      2,
    );
    expect(needsOf(looked).inputs[0]!.indexLimit).toBe(0);
    const float = graph(
      [value('x', [1, 4]), table, value('relu', [1, 4]), value('y', [1, 4, 8])],
      [node('RELU', [0], 2), node('GATHER', [1, 2], 3, { axis: 0 })],
      3,
    );
    expect(needsOf(float).inputs[0]!.indexLimit).toBe(0);
  });
});

describe('the range that a model expects', () => {
  const none = { activation: 'NONE' };
  const image = (name: string) => value(name, [1, 4, 4, 3]);

  it('is that of bytes where it scales its input down', () => {
    const rescaled = graph(
      [image('x'), constant('s', 1 / 127.5), image('a'), constant('o', -1), image('b'), image('y')],
      [node('MUL', [0, 1], 2, none), node('ADD', [2, 3], 4, none), node('RELU', [4], 5)],
      5,
      ['Rescaling'],
    );
    expect(needsOf(rescaled).rangeHint).toMatchObject({
      preset: 'raw-255',
      proven: true,
      why: expect.stringContaining('Rescaling "rescaling", by 0.00784') as string,
    });
  });

  it('is 0 … 1 where it scales it up, or by a deviation of such numbers', () => {
    const normalized = graph(
      [
        image('x'),
        constant('m', 0.5, 0.4, 0.4),
        image('a'),
        constant('s', 0.25, 0.25, 0.25),
        image('y'),
      ],
      [node('SUB', [0, 1], 2, none), node('DIV', [2, 3], 4, none)],
      4,
      ['Normalization'],
    );
    expect(needsOf(normalized).rangeHint).toMatchObject({ preset: 'zero-one', proven: false });
    const spread = graph(
      [image('x'), constant('s', 58, 57, 57), image('y')],
      [node('DIV', [0, 1], 2, none)],
      2,
      ['Normalization'],
    );
    expect(needsOf(spread).rangeHint).toMatchObject({ preset: 'raw-255' });
  });

  it('is not told by a scale behind a weight, a branch, or none at all', () => {
    const behind = graph(
      [image('x'), image('a'), constant('s', 1 / 255), image('y')],
      [node('RELU', [0], 1), node('MUL', [1, 2], 3, none)],
      3,
      ['Rescaling'],
    );
    expect(needsOf(behind).rangeHint).toBeUndefined();
    const branch = graph(
      [image('x'), constant('s', 1 / 255), image('a'), image('y')],
      [node('MUL', [0, 1], 2, none), node('ADD', [0, 2], 3, none)],
      3,
      ['Rescaling'],
    );
    expect(needsOf(branch).rangeHint).toBeUndefined();
    const shifted = graph(
      [image('x'), constant('o', -1), image('y')],
      [node('ADD', [0, 1], 2, none)],
      2,
    );
    expect(needsOf(shifted).rangeHint).toBeUndefined();
    const moved = graph(
      [image('x'), image('p'), constant('s', 1 / 255), image('y')],
      [node('PAD', [0], 1), node('MUL', [1, 2], 3, none)],
      3,
      ['Rescaling'],
    );
    expect(needsOf(moved).rangeHint).toMatchObject({ preset: 'raw-255' });
    const zero = graph(
      [image('x'), constant('s', 0), image('y')],
      [node('MUL', [0, 1], 2, none)],
      2,
    );
    expect(needsOf(zero).rangeHint).toBeUndefined();
  });
});
