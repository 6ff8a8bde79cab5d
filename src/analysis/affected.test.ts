import { describe, expect, it } from 'vitest';
import { affectedBy } from './affected';
import { constant, graphOf, value } from './testing/graphs';

const relu = (name: string, from: string) =>
  ({ op: 'RELU', inputs: [from], output: value(name, [2]) }) as const;
const graph = graphOf(
  [value('x', [2])],
  [
    relu('a', 'x'),
    relu('b', 'a'),
    relu('c', 'a'),
    { op: 'ADD', inputs: ['b', 'c'], output: value('sum', [2]) },
  ],
  ['x'],
  ['sum'],
);
const names = (part: { nodes: readonly { name: string }[] }) => part.nodes.map(({ name }) => name);

describe('the part of a graph that a layer reaches', () => {
  it('takes known values as inputs and leaves out what it does not reach', () => {
    const part = affectedBy(graph, 'b', () => true);
    expect(names(part)).toEqual(['b', 'sum']);
    expect(part.inputs).toEqual([1, 3]);
    expect(part.outputs).toEqual([4]);
  });

  it('computes what is not known', () => {
    const part = affectedBy(graph, 'b', (name) => name !== 'c');
    expect(names(part)).toEqual(['b', 'c', 'sum']);
    expect(part.inputs).toEqual([1]);
  });

  it('starts from the model’s inputs where nothing is known', () => {
    const part = affectedBy(graph, 'sum', () => false);
    expect(names(part)).toEqual(['a', 'b', 'c', 'sum']);
    expect(part.inputs).toEqual([0]);
  });

  it('has no output where the change reaches none, and no constant as input', () => {
    const two = graphOf(
      [value('x', [2]), constant('k', [2])],
      [{ op: 'ADD', inputs: ['x', 'k'], output: value('a', [2]) }, relu('b', 'x')],
      ['x'],
      ['b'],
    );
    const part = affectedBy(two, 'a', () => true);
    expect(names(part)).toEqual(['a']);
    expect(part.outputs).toEqual([]);
    expect(part.inputs).toEqual([0]);
    expect(names(affectedBy(two, 'nowhere', () => true))).toEqual([]);
  });
});
