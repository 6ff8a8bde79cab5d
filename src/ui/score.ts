import type { Score } from '../analysis/types';
import type { Run } from '../jobs/types';
import { number, signed } from './format';

const titles = {
  accuracy: 'Accuracy',
  agreement: 'Agreement',
  'mean absolute error': 'Mean abs. error',
  'SQNR to float': 'SQNR to float',
} as const satisfies Record<Score['kind'], string>;

export const scoreTitle = (score: Score) => titles[score.kind];

export function scoreText(score: Score): string {
  if (score.unit === '%') return `${score.value.toFixed(1)} %`;
  return `${number(score.value)}${score.unit ? ` ${score.unit}` : ''}`;
}

/** Difference to float in points or units; nothing where the score is a distance to float itself. */
export function scoreDifference({ score, floatScore }: Run): string {
  if (score.kind === 'SQNR to float' || score.kind !== floatScore.kind) return '';
  const decimals = score.unit === '%' ? 1 : 3;
  return `Δ ${signed(score.value - floatScore.value, decimals)}`;
}

/** More than a point of accuracy or a twentieth of the error. */
export function scoreWorse({ score, floatScore }: Run): boolean {
  if (score.kind !== floatScore.kind) return false;
  if (score.kind === 'mean absolute error') return score.value > floatScore.value * 1.05;
  return score.unit === '%' && score.value < floatScore.value - 1;
}
