import { describe, expect, it } from 'vitest';
import { fileOf, needsOf } from './testing/set';
import { openSamples } from './open';
import { createWatch } from './watch';

describe('a watch over reading', () => {
  it('tells what is read before it is, signs between at most four times a second, and the end', async () => {
    const told: (string | undefined)[] = [];
    let now = 0;
    const watch = createWatch(
      (what) => told.push(what),
      () => now,
    );
    watch.beat();
    await watch.over('a.csv', async () => {
      watch.beat();
      now = 300;
      watch.beat();
      await watch.over('line 3', () => Promise.resolve());
    });
    await expect(watch.over('b', () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(told).toEqual(['a.csv', 'a.csv', 'line 3', 'a.csv', undefined, 'b', undefined]);
  });

  it('hears of the set, its rows and each sample', async () => {
    const told: (string | undefined)[] = [];
    let now = 0;
    const watch = createWatch(
      (what) => told.push(what),
      () => (now += 1000),
    );
    const rows = Array.from({ length: 2500 }, (_, row) => `${row % 7},${row % 3}`).join('\n');
    const set = await openSamples(
      { kind: 'files', name: 'set', key: 'k', files: [fileOf('a.csv', rows)], choices: {} },
      needsOf([1], [3]),
      undefined,
      undefined,
      watch,
    );
    expect(told.filter((what) => what === 'set').length).toBeGreaterThan(3);
    expect(told.at(-1)).toBeUndefined();
    told.length = 0;
    await set.read(4);
    await set.read(4);
    expect(told).toEqual(['line 5', undefined]);
  });
});
