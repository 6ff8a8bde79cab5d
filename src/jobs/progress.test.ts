import { expect, it } from 'vitest';
import { phases } from './progress';

it('gives each phase its share, in order, and none to one that is left out', () => {
  const seen: number[] = [];
  const report = phases(
    {
      progress: ({ label, fraction }) => {
        expect(label).toBe('x');
        seen.push(fraction);
      },
    },
    { first: 1, left: 0, second: 3 },
  );
  report.first('x', 0, 2);
  report.first('x', 1, 2);
  report.first('x', 2, 2);
  report.left('x', 1, 2);
  report.second('x', 0, 0);
  report.second('x', 1, 2);
  report.second('x', 9, 2);
  report.second('x', -1, 2);
  expect(seen).toEqual([0, 0.125, 0.25, 0.25, 0.25, 0.625, 1, 0.25]);
});

it('stays at the beginning where no phase is carried out', () => {
  const seen: number[] = [];
  const report = phases({ progress: ({ fraction }) => void seen.push(fraction) }, { only: 0 });
  report.only('x', 1, 1);
  expect(seen).toEqual([0]);
});
