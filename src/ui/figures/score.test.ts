import { expect, test } from 'vitest';
import type { Score } from '../../run/figures';
import { changeText, floatScoreText, moreText, scoreNote, scoreTitle } from './score';

const score = (part: Partial<Score>): Score => ({
  kind: 'classes',
  output: 'probabilities',
  label: 'accuracy',
  value: 98.7,
  unit: '%',
  better: 'higher',
  samples: 2000,
  synthetic: false,
  more: [],
  ...part,
});
const error = score({ kind: 'numbers', label: 'mean absolute error', unit: '', better: 'lower' });
const agreement = score({ kind: 'agreement', label: 'agreement', value: 99.6 });
const likeness = score({ kind: 'likeness', label: 'SQNR to float', unit: 'dB', value: 31.25 });

test('changes in points or units; none of a distance to float, of another kind, or without float', () => {
  expect(changeText(score({}), score({ value: 98.9 }))).toBe('Δ −0.2');
  expect(changeText({ ...error, value: 1.5 }, { ...error, value: 1.25 })).toBe('Δ +0.250');
  expect(changeText(agreement, agreement)).toBe('');
  expect(changeText(likeness, likeness)).toBe('');
  expect(changeText(score({}), error)).toBe('');
  expect(changeText(score({}), undefined)).toBe('');
});

test('float’s own score; of a distance to float there is nothing to say', () => {
  expect(floatScoreText(score({}))).toBe('98.7 %');
  expect(floatScoreText(agreement)).toBe('–');
  expect(floatScoreText(undefined)).toBe('–');
});

test('how many samples, and likeness beside a score that isn’t one itself', () => {
  expect(scoreNote(score({}), agreement)).toBe(
    'On 2,000 evaluation samples; same most likely class as float in 99.6 %.',
  );
  expect(scoreNote(error, likeness)).toBe(
    'On 2,000 evaluation samples; output 31.3 dB SQNR to float.',
  );
  expect(scoreNote(agreement, agreement)).toBe('On 2,000 evaluation samples.');
  expect(scoreNote(score({ samples: 1 }), undefined)).toBe('On 1 evaluation sample.');
});

test('what stands beside the score, each in its unit', () => {
  const more = [
    { label: 'top-5', value: 99.9, unit: '%' },
    { label: 'AUC', value: 0.9812, unit: '' },
  ] as const;
  expect(moreText({ more })).toBe('top-5 99.9 %, AUC 0.981');
  expect(moreText({ more: [] })).toBe('');
});

test('a column of accuracies is called so', () => {
  expect(scoreTitle({ kind: 'classes' })).toBe('Accuracy');
});
