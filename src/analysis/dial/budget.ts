/** Budgets as people write them, and whether a mixture keeps one. */
import { IntactError } from '../../model/error';
import type { Budget, Dial, DialPoint, Preference } from '../../run/dial';
import type { Score } from '../../run/figures';
import { number, tick } from '../format';
import { lossOf } from './quality';

export const budgetForms =
  'accuracy:POINTS | sqnr:DB | size:BYTES (also 300kB, 1.5MB, 256KiB) | high:PERCENT%; after accuracy and sqnr also :smallest (default) or :fastest';

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

function wrong(text: string, why: string): never {
  throw new IntactError('usage', `The budget "${text}" ${why}. Budgets are ${budgetForms}.`);
}

/** Digits with at most one point, whole: no sign, no exponent. */
const decimal = /^(\d+(?:\.\d+)?|\.\d+)$/;

/** "accuracy:0.5", "size:300kB", "high:20%". @throws IntactError `usage` */
export function parseBudget(text: string): Budget {
  const [kind = '', amount = '', ...rest] = text.trim().split(':');
  const value = (given: string) =>
    decimal.test(given) ? Number(given) : wrong(text, `has no number in "${amount}"`);
  switch (kind) {
    case 'accuracy':
      return {
        kind,
        points: value(amount.replace(/(?<=\d) ?(points?|%)$/, '')),
        prefer: preference(text, rest),
      };
    case 'sqnr':
      return {
        kind,
        dB: value(amount.replace(/(?<=\d) ?dB$/i, '')),
        prefer: preference(text, rest),
      };
    case 'size': {
      const [, digits = '', unit = ''] = /^([\d.]*) ?([A-Za-z]*)$/.exec(amount) ?? [];
      const scale = units[unit.toLowerCase()];
      if (scale === undefined) wrong(text, `has no size in "${amount}"`);
      const size = Math.floor(value(digits) * scale);
      if (size < 1) wrong(text, 'leaves no byte');
      none(text, rest);
      return { kind, bytes: size };
    }
    case 'high': {
      const percent = value(amount.replace(/(?<=\d) ?%$/, ''));
      if (percent > 100) wrong(text, 'is more than 100 %');
      none(text, rest);
      return { kind, share: percent / 100 };
    }
    default:
      return wrong(text, 'is none that Intact knows');
  }
}

function none(text: string, rest: readonly string[]): void {
  if (rest.length > 0) wrong(text, `has "${rest.join(':')}" too many`);
}

function preference(text: string, rest: readonly string[]): Preference {
  const [one = 'smallest', ...more] = rest;
  none(text, more);
  return one === 'smallest' || one === 'fastest'
    ? one
    : wrong(text, `prefers "${one}", neither smallest nor fastest`);
}

/** "at most 0.5 points worse than float", "at most 300,000 bytes". */
export function budgetText(budget: Budget, unit: Score['unit'] = '%'): string {
  switch (budget.kind) {
    case 'accuracy':
      return `at most ${tick(number(budget.points))}${unit === '%' ? ' points' : ''} worse than float`;
    case 'sqnr':
      return `at least ${tick(number(budget.dB))} dB`;
    case 'size':
      return `at most ${budget.bytes.toLocaleString('en-US')} bytes`;
    case 'high':
      return `at most ${tick(number(100 * budget.share))} % of the MACs above 8 bit`;
    default:
      return budget satisfies never;
  }
}

/** Rounding of a percentage must not break a budget that is kept. */
const EPSILON = 1e-9;

/** The float model on the samples that choose. */
export type FloatThere = Pick<Dial['float'], 'score' | 'answers'>;

/** What one answer weighs in points, where that is more than the budget; undefined: single answers are fine enough. */
export function coarseness({ points }: { readonly points: number }, { unit, samples }: Score) {
  const one = 100 / Math.max(1, samples);
  return unit === '%' && one > points ? one : undefined;
}

/**
 * What the mixture loses to float. On few samples answers that got better by luck would make room for others
 * that got worse: where one answer weighs more than the budget, all that float has right count when they are lost.
 */
export function heldLoss(
  budget: { readonly points: number },
  point: Pick<DialPoint, 'score' | 'answers'>,
  float: FloatThere,
): number {
  const loss = lossOf(point.score, float.score);
  const one = coarseness(budget, float.score);
  const [before, after] = [float.answers, point.answers];
  if (one === undefined || !('right' in before && 'right' in after)) return loss;
  const lost = [...before.right].filter((right, i) => right === '1' && after.right[i] === '0');
  return Math.max(loss, one * lost.length);
}

export function keeps(
  budget: Budget,
  point: Pick<DialPoint, 'score' | 'sqnr' | 'bytes' | 'highShare' | 'answers'>,
  float: FloatThere,
): boolean {
  switch (budget.kind) {
    case 'accuracy':
      return heldLoss(budget, point, float) <= budget.points + EPSILON;
    case 'sqnr':
      return point.sqnr >= budget.dB;
    case 'size':
      return point.bytes <= budget.bytes;
    case 'high':
      return point.highShare <= budget.share + EPSILON;
    default:
      return budget satisfies never;
  }
}

/** Why this score can't be held to the budget, a sentence; undefined: it can. */
export function budgetProblem(budget: Budget, kind: Score['kind']): string | undefined {
  return budget.kind === 'accuracy' && kind === 'likeness'
    ? 'This model is scored by its outputs’ distance to float in dB, so there are no points to lose. Ask for decibels instead: sqnr:30.'
    : undefined;
}
