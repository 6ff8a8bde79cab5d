/** Tied ranges: which inputs are alike, and the grids that come of it. */
import { describe, expect, it } from 'vitest';
import { builder, dense, plain } from '../../testing/graphs';
import { stockRecipe } from '../recipe';
import { plan as planOf } from '../plan';
import type { Stats, ValueStats } from '../types';
import { tieRanges } from '.';

const b = builder();
const x = b.input('x', [1, 2]);
const layer = (name: string, from: number) =>
  b.node('FULLY_CONNECTED', name, dense, [from, b.constant(`${name}/w`, [2, 2]), -1], [1, 2]);
const [one, two, wide] = [layer('one', x), layer('two', x), layer('wide', x)];
const pooled = b.node('RESHAPE', 'flat', {}, [two, b.integers('shape', [2], [1, 2])], [1, 2]);
const near = b.node('ADD', 'near', plain, [one, pooled], [1, 2]);
const far = b.node('ADD', 'far', plain, [near, wide], [1, 2]);
const sigmoid = b.node('LOGISTIC', 'sigmoid', {}, [far], [1, 2]);
const joint = b.node('CONCATENATION', 'joint', { ...plain, axis: 1 }, [sigmoid, far], [1, 4]);
const graph = b.graph([joint]);

const seen = (min: number, max: number): ValueStats => ({
  ...{ min, max, seenMin: min, seenMax: max, mean: 0, std: 1 },
  ...{ histogram: new Float64Array(1), minSample: 0, maxSample: 0 },
});
const stats: Stats = {
  samples: 1,
  calibration: { method: 'minmax' },
  values: {
    x: seen(0, 1),
    'one:0': seen(-1, 2),
    'two:0': seen(-3, 1),
    'flat:0': seen(-3, 1),
    'wide:0': seen(-100, 100),
    'near:0': seen(-4, 3),
    'far:0': seen(-104, 103),
    'sigmoid:0': seen(0, 1),
    'joint:0': seen(-104, 103),
  },
};
const recipe = stockRecipe('int8');
const plan = planOf(graph, recipe, stats);

describe('tied ranges', () => {
  it('are the union of inputs that are alike, also behind what hands them on', () => {
    const { stats: after, tied, left } = tieRanges(graph, plan, stats);
    expect(tied.map(({ node, min, max }) => [node.name, min, max])).toEqual([['near', -3, 2]]);
    expect(left).toEqual([
      { node: 'far', why: 'unlike' },
      { node: 'joint', why: 'fixed' },
    ]);
    expect([after.values['one:0']!.min, after.values['two:0']!.max]).toEqual([-3, 2]);
    const { values } = planOf(graph, recipe, after);
    // (2 + 3) / 255 for both inputs.
    expect(values['one:0']!.scale[0]).toBe(Math.fround(5 / 255));
    expect(values['flat:0']!.scale).toEqual(values['one:0']!.scale);
    expect(values['flat:0']!.zeroPoint).toEqual(values['one:0']!.zeroPoint);
    expect(values['near:0']).toEqual(plan.values['near:0']);
  });

  it('are those that are named, whatever they are', () => {
    const { tied } = tieRanges(graph, plan, stats, ['far']);
    expect(tied.map(({ min, max }) => [min, max])).toEqual([[-100, 100]]);
    expect(
      tieRanges(graph, plan, tieRanges(graph, plan, stats, ['far']).stats, ['far']).left,
    ).toEqual([{ node: 'far', why: 'same' }]);
  });
});
