/** How good a mixture is, on the samples that choose: its score as far as it is more than chance, then the outputs' SQNR. */
import type { DialAnswers, DialPoint } from '../../run/dial';
import type { Score } from '../../run/figures';
import type { SampleAnswer, SampleFigures } from '../../run/types';
import { mcnemar, pairedBootstrap, SIGNIFICANT } from '../significance';

/** What a test needs of single answers. '-': a sample without a label. */
export function answersFrom(answers: readonly SampleAnswer[]): DialAnswers {
  if (answers.some(({ correct }) => correct !== undefined))
    return {
      right: answers
        .map(({ correct }) => (correct === undefined ? '-' : correct ? '1' : '0'))
        .join(''),
    };
  return { errors: answers.map(({ error }) => error ?? NaN) };
}

function samplesOf(answers: DialAnswers): SampleFigures[] {
  const list: SampleAnswer[] =
    'right' in answers
      ? [...answers.right].map((one) => (one === '-' ? {} : { correct: one === '1' }))
      : answers.errors.map((error) => ({ error }));
  return list.map((answer, index) => ({ key: String(index), index, outputs: [answer] }));
}

/** Is `after` worse than `before` on the same samples by more than chance? An error that became no number is. */
export function isWorse(before: DialAnswers, after: DialAnswers): boolean {
  if ('right' in before && 'right' in after) {
    const { better, worse, p } = mcnemar(samplesOf(before), samplesOf(after), 0);
    return worse > better && p < SIGNIFICANT;
  }
  if ('errors' in before && 'errors' in after) {
    const lost = after.errors.some(
      (error, i) => Number.isNaN(error) && !Number.isNaN(before.errors[i]),
    );
    return lost || pairedBootstrap(samplesOf(before), samplesOf(after), 0).low > 0;
  }
  return false;
}

/** How much worse than float, in the score's unit; of a score that is the distance to float, its negative. NaN counts as infinite. */
export function lossOf(score: Score, float: Score): number {
  const loss =
    score.kind === 'likeness'
      ? -score.value
      : score.better === 'higher'
        ? float.value - score.value
        : score.value - float.value;
  return Number.isNaN(loss) ? Infinity : loss;
}

const decibels = ({ sqnr }: Pick<DialPoint, 'sqnr'>) => (Number.isNaN(sqnr) ? -Infinity : sqnr);

/** Smallest difference of SQNR that counts, dB. */
export const SAME_DB = 0.05;

type Judged = Pick<DialPoint, 'sqnr' | 'answers'>;

/** `a` is better: its answers by more than chance, else its SQNR. */
export function isBetter(a: Judged, b: Judged): boolean {
  if (isWorse(a.answers, b.answers)) return true;
  if (isWorse(b.answers, a.answers)) return false;
  return decibels(a) > decibels(b) + SAME_DB;
}

/** The best; of equal ones the one that comes first. */
export function bestOf<P extends Judged>(points: readonly P[]): P | undefined {
  return points.reduce<P | undefined>(
    (best, point) => (best === undefined || isBetter(point, best) ? point : best),
    undefined,
  );
}
