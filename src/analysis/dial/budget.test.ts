import { describe, expect, it } from 'vitest';
import { IntactError } from '../../model/error';
import { budgetText, parseBudget } from './budget';

describe('a budget as it is written', () => {
  it.each([
    ['accuracy:0.5', { kind: 'accuracy', points: 0.5, prefer: 'smallest' }],
    ['accuracy:1 point:fastest', { kind: 'accuracy', points: 1, prefer: 'fastest' }],
    ['sqnr:30dB', { kind: 'sqnr', dB: 30, prefer: 'smallest' }],
    ['size:300kB', { kind: 'size', bytes: 300_000 }],
    ['size:1.5MB', { kind: 'size', bytes: 1_500_000 }],
    ['size:256KiB', { kind: 'size', bytes: 262_144 }],
    ['size:4096', { kind: 'size', bytes: 4096 }],
    ['high:20%', { kind: 'high', share: 0.2 }],
    ['high:0', { kind: 'high', share: 0 }],
  ])('%s', (text, budget) => {
    expect(parseBudget(text)).toEqual(budget);
  });

  it.each([
    '',
    'accuracy',
    'accuracy:',
    'accuracy:-1',
    'accuracy:1e3',
    'accuracy:NaN',
    'accuracy:0.5:cheapest',
    'accuracy:0.5:smallest:fastest',
    'size:0',
    'size:0.4',
    'size:300 apples',
    'size:kB',
    'size:1..2kB',
    'high:101%',
    'high:20%:fastest',
    'high:',
    'speed:2',
    '__proto__:1',
  ])('refuses "%s" as wrong usage, with what there is', (text) => {
    const refused = () => parseBudget(text);
    expect(refused).toThrow(IntactError);
    expect(refused).toThrow(/Budgets are accuracy:POINTS/);
    try {
      refused();
    } catch (thrown) {
      expect((thrown as IntactError).code).toBe('usage');
    }
  });

  it('is said in words', () => {
    expect(budgetText({ kind: 'size', bytes: 300_000 })).toBe('at most 300,000 bytes');
    expect(budgetText({ kind: 'high', share: 0.2 })).toBe('at most 20 % of the MACs above 8 bit');
  });
});
