import { describe, expect, it } from 'vitest';
import { changed } from './change';
import { overridesOf, stockRecipe } from './recipe';

describe('a change of recipe', () => {
  const recipe = stockRecipe('int8');

  it('adds to what the recipe says of layers, ranges and samples', () => {
    const once = changed(recipe, { leaveOut: ['a'], ranges: { x: { method: 'minmax' } } });
    const twice = changed(once, {
      leaveOut: ['b', 'a'],
      ranges: { y: { method: 'given', min: 0, max: 1 } },
      overrides: { conv: 'int16' },
    });
    expect(twice.leaveOut).toEqual(['a', 'b']);
    expect(Object.keys(twice.ranges!)).toEqual(['x', 'y']);
    expect(overridesOf(twice.rules.slice(recipe.rules.length))).toEqual({ conv: 'int16' });
  });

  it('puts steps in the order that works, training last, one of each kind', () => {
    const train = { kind: 'train', seed: 1, options: {} } as const;
    const round = { kind: 'round', method: 'squant', seed: 1, options: {} } as const;
    const equalize = { kind: 'equalize', relu6: 'keep', absorb: true } as const;
    const before = changed(recipe, { steps: [train, { ...round, seed: 9 }] });
    expect(changed(before, { steps: [round, equalize] }).steps).toEqual([equalize, round, train]);
  });

  it('takes the rules of another scheme and keeps the rest', () => {
    const next = changed({ ...recipe, leaveOut: ['a'] }, { scheme: 'int16x8' });
    expect(next.rules).toEqual(stockRecipe('int16x8').rules);
    expect(next).toMatchObject({ scheme: 'int16x8', leaveOut: ['a'] });
  });
});
