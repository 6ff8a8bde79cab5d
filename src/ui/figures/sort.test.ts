import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextSort, sortRows, unsorted } from './sort';

interface Row {
  readonly name: string;
  readonly value?: number;
}
const rows: readonly Row[] = [
  { name: 'b', value: 2 },
  { name: 'none' },
  { name: 'a', value: 2 },
  { name: 'nan', value: NaN },
  { name: 'c', value: -1 },
  { name: 'exact', value: Infinity },
];
const names = (sorted: readonly Row[]) => sorted.map(({ name }) => name);

test('what has no figure stands last, both ways; equal ones keep their order', () => {
  const by = ({ value }: Row) => value;
  expect(names(sortRows(rows, by, true))).toEqual(['exact', 'b', 'a', 'c', 'none', 'nan']);
  expect(names(sortRows(rows, by, false))).toEqual(['c', 'b', 'a', 'exact', 'none', 'nan']);
});

test('names sort as text; without a column the order is the table’s own', () => {
  expect(names(sortRows(rows, ({ name }) => name, false))).toEqual([
    'a',
    'b',
    'c',
    'exact',
    'nan',
    'none',
  ]);
  expect(sortRows(rows, undefined, true)).toBe(rows);
});

test('any list: a permutation, in order, the undefined ones at the end', () => {
  const keys = fc.array(fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }));
  fc.assert(
    fc.property(keys, fc.boolean(), (list, descending) => {
      const sorted = sortRows(list, (key) => key, descending);
      const known = sorted.filter((key) => key !== undefined);
      expect(sorted).toHaveLength(list.length);
      expect(sorted.slice(0, known.length)).toEqual(known);
      const ordered = list.filter((key) => key !== undefined).sort((a, b) => a - b);
      expect(known).toEqual(descending ? ordered.reverse() : ordered);
    }),
  );
});

test('one click the largest first (names from A), two turn it, three end it, another column begins anew', () => {
  const largest = nextSort(unsorted, 'size', false);
  expect(largest).toEqual({ column: 'size', descending: true });
  const smallest = nextSort(largest, 'size', false);
  expect(smallest).toEqual({ column: 'size', descending: false });
  expect(nextSort(smallest, 'size', false)).toEqual(unsorted);
  expect(nextSort(smallest, 'layer', true)).toEqual({ column: 'layer', descending: false });
  expect(nextSort({ column: 'layer', descending: false }, 'layer', true)).toEqual({
    column: 'layer',
    descending: true,
  });
  expect(unsorted.column).toBe('');
});
