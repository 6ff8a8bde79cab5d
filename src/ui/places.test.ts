import { expect, it } from 'vitest';
import { comparePath, placeOf } from './places';

it('addresses say the place, the runs and the baseline, and are read back', () => {
  const path = comparePath(['a-1', 'b,2'], 'b,2');
  expect(path).toBe('/compare/a-1,b%2C2/b%2C2');
  expect(placeOf(path)).toEqual({ id: 'compare', runs: ['a-1', 'b,2'], baseline: 'b,2' });
  expect(comparePath(['a', 'b'], 'a')).toBe('/compare/a,b');
});

it.each(['/', '/nowhere', '', '/overview'])('%s is the overview', (path) => {
  expect(placeOf(path)).toEqual({ id: 'overview', runs: [] });
});

it('a damaged address is no error', () => {
  expect(placeOf('/compare/%E0%A4%A')).toEqual({ id: 'compare', runs: ['%E0%A4%A'] });
});
