import { expect, test } from 'vitest';
import { confusionTable, share } from './confusion';

const classes = ['cat', 'dog', 'owl'];
/** Rows: truth. Eight of ten cats, all four dogs, no owl in the set. */
const float = { classes, counts: [8, 2, 0, 0, 4, 0, 0, 0, 0] };
const quantized = { classes, counts: [5, 2, 3, 1, 3, 0, 0, 0, 0] };

test('float and quantized side by side, a row a class', () => {
  const table = confusionTable([
    { name: 'float', confusion: float },
    { name: 'quantized', confusion: quantized },
  ])!;
  expect(table.models).toEqual(['float', 'quantized']);
  expect(table.classes).toEqual(classes);
  expect(table.rows.map(({ name, total }) => [name, total])).toEqual([
    ['cat', 10],
    ['dog', 4],
    ['owl', 0],
  ]);
  expect(table.rows.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(table.rows.map(({ answers }) => answers.map(({ accuracy }) => accuracy))).toEqual([
    [80, 50],
    [100, 75],
    [undefined, undefined],
  ]);
  expect(table.rows[0]!.answers.map(({ counts }) => counts)).toEqual([
    [8, 2, 0],
    [5, 2, 3],
  ]);
  expect(table.rows[1]!.answers[1]!.counts).toEqual([1, 3, 0]);
});

test('a model without a matrix is left out; none is none; other classes don’t stand beside', () => {
  const alone = confusionTable([{ name: 'float' }, { name: 'quantized', confusion: quantized }])!;
  expect(alone.models).toEqual(['quantized']);
  expect(alone.rows[0]!.total).toBe(10);
  expect(confusionTable([{ name: 'float' }])).toBeUndefined();
  expect(confusionTable([])).toBeUndefined();
  const two = { classes: ['a', 'b'], counts: [1, 0, 0, 1] };
  const mixed = confusionTable([
    { name: 'float', confusion: float },
    { name: 'other', confusion: two },
  ])!;
  expect(mixed.models).toEqual(['float']);
});

test('a cell’s depth is its share of the samples of its class', () => {
  expect(share(5, { total: 10 })).toBe(0.5);
  expect(share(0, { total: 0 })).toBe(0);
});
