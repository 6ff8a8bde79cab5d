import { expect, test } from 'vitest';
import { cellText, figureText, inUnit, percent, pointsBetween, scoreText } from './text';

test('each unit with its sign, its decimals and its prefix', () => {
  expect(figureText({ unit: 'dB' }, 41.234)).toBe('41.2 dB');
  expect(figureText({ unit: 'dB' }, -3)).toBe('−3.0 dB');
  expect(figureText({ unit: 'points' }, -0.256)).toBe('−0.26');
  expect(figureText({ unit: 'points', decimals: 0 }, 3)).toBe('+3');
  expect(figureText({ unit: 'points', decimals: 1 }, 0.04)).toBe('±0.0');
  expect(figureText({ unit: '%' }, 98.66)).toBe('98.7 %');
  expect(figureText({ unit: 'bytes' }, 412_345)).toBe('412 kB');
  expect(figureText({ unit: 'ms' }, 0.0423)).toBe('42.3 µs');
  expect(figureText({ unit: 'pJ' }, 391_000)).toBe('391 nJ');
  expect(figureText({ unit: 'count' }, 4_812_300)).toBe('4.81 M');
  expect(figureText({ unit: 'times' }, 3.5)).toBe('÷3.5');
  expect(figureText({ unit: 'times' }, 0.5)).toBe('×2.0');
  expect(figureText({ unit: 'times' }, 1.04)).toBe('≈1');
  expect(figureText({ unit: 'steps' }, 0.2887)).toBe('0.29');
  expect(figureText({ unit: 'target' }, 0.0456)).toBe('+0.046');
  expect(figureText({ unit: 'target' }, -0.0456)).toBe('−0.046');
  expect(figureText({ unit: 'target' }, 0)).toBe('0');
  expect(figureText({ unit: 'number' }, 0.99876)).toBe('0.999');
});

test('an exact tensor has infinite SQNR; what is no number is a dash; no operations are a dash', () => {
  expect(figureText({ unit: 'dB' }, Infinity)).toBe('exact');
  expect(cellText({ unit: 'dB' }, Infinity)).toBe('exact');
  expect(figureText({ unit: 'dB' }, -Infinity)).toBe('−∞');
  expect(figureText({ unit: 'ms' }, NaN)).toBe('–');
  expect(figureText({ unit: 'count' }, 0)).toBe('–');
  expect(figureText({ unit: 'times' }, Infinity)).toBe('–');
});

test('cells leave out the unit that the head says, and write what it says thousands of', () => {
  expect(cellText({ unit: 'dB' }, 41.25)).toBe('41.3');
  expect(cellText({ unit: 'bytes' }, 0)).toBe('0');
  expect(cellText({ unit: 'bytes' }, 999)).toBe('0.999');
  expect(cellText({ unit: 'bytes' }, 1000)).toBe('1.00');
  expect(cellText({ unit: 'bytes' }, 118_400)).toBe('118');
  expect(cellText({ unit: 'bytes' }, 1_000_000)).toBe('1,000');
  expect(cellText({ unit: 'pJ' }, 2_345_678)).toBe('2,346');
  expect(cellText({ unit: 'ms' }, 1.9)).toBe('1.90 ms');
  expect(cellText({ unit: 'points', decimals: 1 }, -1)).toBe('−1.0');
});

test('the unit of an axis is named where it has a name', () => {
  expect(inUnit({ unit: 'dB' })).toBe(', in dB');
  expect(inUnit({ unit: 'bytes' })).toBe(', in bytes');
  expect(inUnit({ unit: 'number' })).toBe('');
});

test('scores in their own units', () => {
  expect(scoreText({ value: 98.66, unit: '%' })).toBe('98.7 %');
  expect(scoreText({ value: NaN, unit: '%' })).toBe('–');
  expect(scoreText({ value: Infinity, unit: 'dB' })).toBe('exact');
  expect(scoreText({ value: 41.25, unit: 'dB' })).toBe('41.3 dB');
  expect(scoreText({ value: 0.11349, unit: '' })).toBe('0.113');
  expect([percent(0), percent(100), percent(Infinity)]).toEqual(['0.0', '100.0', '∞']);
});

test('a difference is from the first to the second, and nothing where one is unknown', () => {
  expect(pointsBetween(98.9, 98.7)).toBe('−0.2');
  expect(pointsBetween(90, 92)).toBe('+2.0');
  expect(pointsBetween(undefined, 92)).toBeUndefined();
  expect(pointsBetween(90, undefined)).toBeUndefined();
});
