/** Budgets on points whose figures are given. */
import { describe, expect, it } from 'vitest';
import type { Budget, Dial, DialPoint } from '../../run/dial';
import type { Score } from '../../run/figures';
import { choose } from './choose';
import { isBetter, isWorse } from './quality';

const score = (right: string): Score => ({
  ...{ kind: 'classes', output: 'y', label: 'accuracy', unit: '%', better: 'higher' },
  ...{ samples: right.length, synthetic: false, more: [] },
  value: (100 * [...right].filter((one) => one === '1').length) / right.length,
});
const many = (right: number, of: number) => '1'.repeat(right) + '0'.repeat(of - right);

function point(right: string, more: Partial<DialPoint> = {}): DialPoint {
  return {
    ...{ high: [], low: [], overrides: {}, found: 'curve', sqnr: 20, bytes: 1000, highShare: 0 },
    beyondChance: false,
    score: score(right),
    answers: { right },
    ...more,
  };
}
const ground = (float: string, points: readonly DialPoint[]): Dial => ({
  ...{ on: 'selection', samples: float.length, aloneSamples: 1, synthetic: false },
  ...{ layers: [], worstFirst: [], cheapestFirst: [], points },
  float: { score: score(float), answers: { right: float }, bytes: 4000 },
});
const found = (budget: Budget, dial: Dial) => {
  const { point: index, met, sentence } = choose(budget, dial)!;
  return { index, met, sentence };
};

describe('better', () => {
  it('is by answers only where they are more than chance (McNemar, exact)', () => {
    // 5 worse and none better: p = 2 / 2⁵ = 0.0625; 6: 0.03125.
    const [all, five, six] = [many(100, 100), many(95, 100), many(94, 100)];
    expect(isWorse({ right: all }, { right: five })).toBe(false);
    expect(isWorse({ right: all }, { right: six })).toBe(true);
    expect(isBetter(point(five, { sqnr: 30 }), point(all))).toBe(true);
    expect(isBetter(point(six, { sqnr: 30 }), point(all))).toBe(false);
    expect(isBetter(point(all, { sqnr: NaN }), point(all, { sqnr: 1 }))).toBe(false);
  });
});

describe('the mixture for a budget', () => {
  const float = many(990, 1000);
  const points = [
    point(many(900, 1000), { bytes: 1000, sqnr: 9 }),
    point(many(988, 1000), { bytes: 1300, highShare: 0.1, high: ['a'], sqnr: 30 }),
    point(many(989, 1000), { bytes: 1200, highShare: 0.2, high: ['a', 'b'], sqnr: 33 }),
    point(many(985, 1000), { bytes: 600, highShare: 0.2, high: ['a', 'b'], low: ['c'], sqnr: 15 }),
  ];
  const dial = ground(float, points);

  it.each([
    [{ kind: 'accuracy', points: 0.5, prefer: 'smallest' }, 3],
    [{ kind: 'accuracy', points: 0.5, prefer: 'fastest' }, 1],
    [{ kind: 'accuracy', points: 0.1, prefer: 'fastest' }, 2],
    [{ kind: 'sqnr', dB: 30, prefer: 'smallest' }, 2],
    [{ kind: 'size', bytes: 1000 }, 3],
    [{ kind: 'size', bytes: 5000 }, 1],
    [{ kind: 'high', share: 0.1 }, 1],
    [{ kind: 'high', share: 1 }, 2],
  ] as const)('%j', (budget, index) => {
    expect(found(budget, dial)).toMatchObject({ index, met: true });
  });

  it('that nothing keeps is the nearest, with how far it is', () => {
    const accuracy = found({ kind: 'accuracy', points: 0.05, prefer: 'smallest' }, dial);
    expect(accuracy).toMatchObject({ index: 2, met: false });
    expect(accuracy.sentence).toContain('is 0.100 points worse');
    const size = found({ kind: 'size', bytes: 500 }, dial);
    expect(size).toMatchObject({ index: 3, met: false });
    expect(size.sentence).toContain('has 600 bytes, 100 too many');
  });

  it('counts every answer that float has right where one weighs more than the budget', () => {
    // Two got better and one got worse of 50: 2 points better, and yet one answer of float’s is lost.
    const few = '1'.repeat(47) + '000';
    const lucky = point('0' + '1'.repeat(46) + '110', { bytes: 500 });
    const same = point(few, { bytes: 900 });
    const one = found(
      { kind: 'accuracy', points: 1, prefer: 'smallest' },
      ground(few, [lucky, same]),
    );
    expect(one).toMatchObject({ index: 1, met: true });
    expect(one.sentence).toContain('One answer weighs 2.00 points');
    const wide = { kind: 'accuracy', points: 2, prefer: 'smallest' } as const;
    expect(found(wide, ground(few, [lucky, same]))).toMatchObject({ index: 0, met: true });
  });

  it('takes a file that is hardly larger where it is better', () => {
    const near = [point(float, { bytes: 1000, sqnr: 20 }), point(float, { bytes: 1008, sqnr: 40 })];
    const budget = { kind: 'accuracy', points: 0.5, prefer: 'smallest' } as const;
    expect(found(budget, ground(float, near)).index).toBe(1);
  });
});
