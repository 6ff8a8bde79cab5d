import { expect, test } from 'vitest';
import { confusionTable, depth, mostConfused } from './confusion';

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

test('the most frequent mistakes by their share of the class', () => {
  const table = confusionTable([
    { name: 'float', confusion: float },
    { name: 'quantized', confusion: quantized },
  ])!;
  const said = (model: number, most?: number) =>
    mostConfused(table, model, most).map(
      ({ truth, answer, count, total }) => `${truth} as ${answer}: ${count} of ${total}`,
    );
  expect(said(0)).toEqual(['cat as dog: 2 of 10']);
  expect(said(1)).toEqual(['cat as owl: 3 of 10', 'dog as cat: 1 of 4', 'cat as dog: 2 of 10']);
  expect(said(1, 1)).toEqual(['cat as owl: 3 of 10']);
});

test('a cell is as deep as its share of its class; few wrong answers are seen too', () => {
  const row = { total: 100, index: 2 };
  expect(depth(100, row, 2)).toBe(45);
  expect(depth(50, row, 2)).toBe(23);
  expect(depth(25, row, 0)).toBe(23);
  expect(depth(1, row, 0)).toBe(5);
  expect(depth(0, row, 0)).toBe(0);
  expect(depth(0, { total: 0, index: 0 }, 1)).toBe(0);
});
