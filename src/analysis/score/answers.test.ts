import { describe, expect, it } from 'vitest';
import { answerOf, mostLikely, rankOf, share, thresholdOf } from './answers';
import { areaUnderCurve } from './curve';
import { classAccuracy, classNames } from './confusion';

describe('the most likely class', () => {
  it('is the first of the largest', () => {
    expect(mostLikely([1, 3, 3, 2])).toBe(1);
    expect(mostLikely([-Infinity, -Infinity])).toBe(0);
    expect(mostLikely([1, Infinity])).toBe(1);
    expect(mostLikely([-5, -2, -3])).toBe(1);
  });

  it('is none of NaN or nothing', () => {
    expect(mostLikely([])).toBeUndefined();
    expect(mostLikely([1, 2, NaN])).toBeUndefined();
    expect(mostLikely([NaN, 2])).toBeUndefined();
  });

  it('of one number is held against the threshold', () => {
    expect(answerOf([0.5], 0.5)).toBe(0);
    expect(answerOf([0.51], 0.5)).toBe(1);
    expect(answerOf([NaN], 0.5)).toBeUndefined();
    expect(answerOf([0, 1], 5)).toBe(1);
  });

  it('has thresholds by what ends the graph', () => {
    expect(thresholdOf('linear')).toBe(0);
    expect([thresholdOf('sigmoid'), thresholdOf('other'), thresholdOf('softmax')]).toEqual([
      0.5, 0.5, 0.5,
    ]);
  });
});

describe('the rank of a class', () => {
  it('counts larger ones, and equal ones before it', () => {
    expect([0, 1, 2, 3].map((index) => rankOf([5, 7, 5, 1], index))).toEqual([1, 0, 2, 3]);
  });

  it('is none of NaN or of a class that is not there', () => {
    expect(rankOf([1, NaN], 0)).toBeUndefined();
    expect(rankOf([1, 2], 2)).toBeUndefined();
  });
});

describe('area under the curve', () => {
  it('is the share of pairs in the right order, equal ones half', () => {
    expect(areaUnderCurve([1, 2, 3, 4], [0, 0, 1, 1])).toBe(1);
    expect(areaUnderCurve([4, 3, 2, 1], [0, 0, 1, 1])).toBe(0);
    expect(areaUnderCurve([1, 1, 1, 1], [0, 1, 0, 1])).toBe(0.5);
    // Pairs: (2,1) right, (2,2) half, (3,1) right, (3,2) right.
    expect(areaUnderCurve([1, 2, 2, 3], [0, 0, 1, 1])).toBe(3.5 / 4);
  });

  it('has no meaning with one class alone, or with NaN', () => {
    expect(areaUnderCurve([1, 2], [1, 1])).toBeUndefined();
    expect(areaUnderCurve([1, 2], [0, 0])).toBeUndefined();
    expect(areaUnderCurve([], [])).toBeUndefined();
    expect(areaUnderCurve([1, NaN], [0, 1])).toBeUndefined();
  });
});

it('is per cent, and no number of nothing', () => {
  expect(share(1, 4)).toBe(25);
  expect(share(0, 0)).toBeNaN();
});

it('names classes by number where they have no name', () => {
  expect(classNames(2, ['a', 'b'])).toEqual(['a', 'b']);
  expect(classNames(2, ['a'])).toEqual(['a', '1']);
  expect(classNames(2, undefined)).toEqual(['0', '1']);
});

it('gives the accuracy of each class by its row', () => {
  expect(classAccuracy({ classes: ['a', 'b', 'c'], counts: [3, 1, 0, 2, 2, 0, 0, 0, 0] })).toEqual([
    75,
    50,
    NaN,
  ]);
});
