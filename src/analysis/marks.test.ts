import { expect, test } from 'vitest';
import type { Check } from '../data/samples';
import { marksOf, unproven } from './marks';

const check = (status: Check['status'], id: string): Check => ({
  id,
  label: `Label of ${id}`,
  status,
  value: '',
  sentence: `Sentence of ${id}.`,
  choices: [],
});

test('told, proven and chosen stand firm; assumed and asked do not', () => {
  expect(
    (['told', 'proven', 'chosen', 'assumed', 'asked'] as const).map((status) =>
      unproven({ status }),
    ),
  ).toEqual([false, false, false, true, true]);
});

test('no mark without an open question', () => {
  expect(marksOf({ synthetic: false, checks: [] })).toEqual([]);
  expect(marksOf({ synthetic: false, checks: [check('proven', 'range')] })).toEqual([]);
});

test('one mark for what is assumed, with every open sentence and no other', () => {
  const checks = [check('assumed', 'range'), check('told', 'order'), check('asked', 'label')];
  const [mark, ...others] = marksOf({ synthetic: false, checks });
  expect(others).toEqual([]);
  expect(mark).toMatchObject({
    id: 'assumed',
    label: 'assumed',
    short: 'assumed: Label of range, Label of label',
  });
  expect(mark!.sentence).toContain('Label of range: Sentence of range.');
  expect(mark!.sentence).toContain('Label of label: Sentence of label.');
  expect(mark!.sentence).not.toContain('order');
});

test('synthetic samples are marked as that alone', () => {
  expect(marksOf({ synthetic: true, checks: [check('assumed', 'range')] })).toEqual([
    expect.objectContaining({ id: 'synthetic', label: 'synthetic' }),
  ]);
});
