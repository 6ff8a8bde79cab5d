import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../testing/npz';
import { rolesOf } from '../roles';
import type { OutputNeed } from '../samples';
import { fileOf, needsOf, open, valuesOf } from '../testing/set';

const numbers = (shape: number[], data: number[]) => ({ shape, data: Float32Array.from(data) });

/** Targets of samples [0], [1] … with these labels, for an output of this shape. */
async function targetsOf(
  y: number[],
  output: number[],
  ends: OutputNeed['ends'] = 'softmax',
  shape: number[] = [y.length],
  choices = {},
) {
  const count = shape[0]!;
  const x = numbers(
    [count, 2],
    Array.from({ length: count * 2 }, (_, i) => i),
  );
  const set = await open(
    [fileOf('a.npz', writeNpz({ x, y: numbers(shape, y) }))],
    needsOf([2], output, ends),
    choices,
  );
  const values = [];
  for (let index = 0; index < set.count; index++) values.push((await set.read(index)).targets[0]);
  return { kind: set.targets[0], values, checks: valuesOf(set.checks), set };
}

describe('labels', () => {
  it('are classes from 0 or 1, −1/1, one-hot, and stored as floats', async () => {
    expect(await targetsOf([0, 2, 1], [3])).toMatchObject({
      kind: { kind: 'classes', count: 3 },
      values: [0, 2, 1],
    });
    const based = await targetsOf([1, 3, 2], [3]);
    expect(based).toMatchObject({ values: [0, 2, 1], checks: { 'label-base': '1' } });
    expect((await targetsOf([1, 2, 1], [3])).checks['label-base']).toBe('0');
    expect((await targetsOf([1, 2, 1], [3], 'softmax', [3], { 'label-base': '1' })).values).toEqual(
      [0, 1, 0],
    );
    expect((await targetsOf([-1, 1, -1], [2])).values).toEqual([0, 1, 0]);
    expect((await targetsOf([1, 0, 0, 0, 0, 1], [3], 'softmax', [2, 3])).values).toEqual([0, 2]);
    expect((await targetsOf([0, 2, 1], [3], 'softmax', [3, 1])).values).toEqual([0, 2, 1]);
  });

  it('of fewer classes than a model gives numbers, as many as its input holds, are not what it gives back', async () => {
    const own = async (y: number[], ends: OutputNeed['ends'], choices = {}) => {
      const count = y.length;
      const x = numbers(
        [count, 4],
        Array.from({ length: count * 4 }, (_, i) => i),
      );
      const file = fileOf('a.npz', writeNpz({ x, y: numbers([count], y) }));
      const set = await open([file], needsOf([4], [4], ends), choices);
      return { kind: set.targets[0]!.kind, target: valuesOf(set.checks).target };
    };
    const given = { kind: 'reconstruction', target: 'reconstruction' };
    expect(await own([0, 2, 1, 0], 'linear')).toEqual(given);
    expect(await own([0, 2, 1, 0], 'sigmoid')).toEqual(given);
    expect((await own([0, 2, 1, 0], 'softmax')).kind).toBe('classes');
    expect((await own([0, 2, 1, 3], 'linear')).kind).toBe('classes');
    expect(await own([0, 2, 1, 0], 'linear', { target: 'labels' })).toEqual({
      kind: 'classes',
      target: 'labels',
    });
  });

  it('that fit no way are left out with a sentence', async () => {
    const negative = await targetsOf([-5, -4, -3, -2, 1], [3]);
    expect(negative.kind).toBeUndefined();
    expect(negative.set.checks.find(({ id }) => id === 'label-fit')).toMatchObject({
      status: 'asked',
    });
    expect(negative.set.checks.find(({ id }) => id === 'label-fit')?.sentence).toMatch(
      /-5 to 1 .* 3 outputs, 0 to 2/,
    );
    const fewer = await open(
      [
        fileOf(
          'a.npz',
          writeNpz({ x: numbers([4, 2], [0, 1, 2, 3, 4, 5, 6, 7]), y: numbers([3], [0, 1, 0]) }),
        ),
      ],
      needsOf([2], [2]),
    );
    expect(fewer.checks.find(({ id }) => id === 'label')?.sentence).toMatch(
      /3 rows and there are 4 samples/,
    );
  });

  it('of one output are two classes with the threshold of its end, or numbers', async () => {
    expect((await targetsOf([0, 1, 1], [1], 'sigmoid')).kind).toMatchObject({
      kind: 'binary',
      threshold: 0.5,
    });
    expect((await targetsOf([0, 1, 1], [1], 'linear')).kind).toMatchObject({
      kind: 'binary',
      threshold: 0,
    });
    expect(
      (await targetsOf([0, 1, 1], [1], 'linear', [3], { threshold: '0.5' })).kind,
    ).toMatchObject({ threshold: 0.5 });
    expect(await targetsOf([-1, 1], [1], 'other')).toMatchObject({
      kind: { kind: 'binary', threshold: 0 },
      values: [0, 1],
    });
    expect((await targetsOf([1, 2, 1], [1], 'sigmoid')).values).toEqual([0, 1, 0]);
    expect((await targetsOf([3, 7, 9.5], [1], 'linear')).kind).toEqual({
      kind: 'numbers',
      output: 0,
      size: 1,
    });
    expect((await targetsOf([3, 7, 9], [1], 'linear')).kind).toEqual({
      kind: 'numbers',
      output: 0,
      size: 1,
    });
  });

  it('are several at once, several numbers, and masks', async () => {
    const several = await targetsOf([1, 0, 1, 0, 0, 0], [3], 'sigmoid', [2, 3]);
    expect(several.kind).toEqual({ kind: 'multi-label', output: 0, size: 3, threshold: 0.5 });
    expect((await targetsOf([1.5, 2, 3, 4], [2], 'linear', [2, 2])).kind).toEqual({
      kind: 'numbers',
      output: 0,
      size: 2,
    });
    const mask = await targetsOf([0, 2, 1, 1, 0, 0, 0, 0], [2, 2, 3], 'softmax', [2, 2, 2]);
    expect(mask.kind).toEqual({ kind: 'mask', output: 0, classes: 3 });
    expect(mask.values[0]).toEqual(Int32Array.of(0, 2, 1, 1));
    const black = await targetsOf([0, 255, 255, 0, 0, 0, 0, 0], [2, 2, 1], 'sigmoid', [2, 2, 2, 1]);
    expect(black.values[0]).toEqual(Int32Array.of(0, 1, 1, 0));
  });

  it('of a model that gives back its input are the input', async () => {
    const set = await open(
      [
        fileOf(
          'a.npz',
          writeNpz({
            x: numbers(
              [3, 4],
              Array.from({ length: 12 }, (_, i) => i),
            ),
          }),
        ),
      ],
      needsOf([4], [4], 'linear'),
    );
    expect(set.targets).toEqual([{ kind: 'reconstruction', output: 0 }]);
  });
});

describe('roles', () => {
  it('never evaluate what chose something, and are disjoint', () => {
    const tried = Array.from({ length: 25 }, (_, i) => i * 3);
    const roles = rolesOf({ count: 100, tried }, { calibration: 10, seed: 1 });
    expect(roles.evaluation.filter((index) => tried.includes(index))).toEqual([]);
    const all = [...roles.training, ...roles.selection, ...roles.evaluation];
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(100);
    expect(roles.training.slice(0, 10)).toEqual(roles.calibration);
  });
});
