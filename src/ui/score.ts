import type { Score } from '../analysis/types';
import type { Run } from '../jobs/types';
import { grouped, none, number, signed } from './format';

const titles = {
  accuracy: 'Accuracy',
  agreement: 'Agreement',
  'mean absolute error': 'Mean abs. error',
  'SQNR to float': 'SQNR to float',
} as const satisfies Record<Score['kind'], string>;

export const scoreTitle = (kind: Score['kind']) => titles[kind];

const definitions = {
  accuracy: 'Top-1 accuracy against the labels on the evaluation samples; Δ to float in points.',
  agreement:
    'No labels: how often the most likely class is the float model’s on the evaluation samples.',
  'mean absolute error':
    'Mean absolute error against the labels on the evaluation samples, in their own units. Lower is better; Δ to float.',
  'SQNR to float':
    'No labels: signal to quantization noise of the output against the float model’s, in dB. Higher is better.',
} as const satisfies Record<Score['kind'], string>;

export const scoreDefinition = (kinds: readonly Score['kind'][]) =>
  kinds.length === 0
    ? 'Accuracy where the samples have labels, likeness to the float model where they have none.'
    : kinds.map((kind) => definitions[kind]).join(' ');

/** The float model's own score; of a likeness to float there is nothing to say. */
export const floatText = (score: Score) =>
  score.kind === 'SQNR to float' || score.kind === 'agreement' ? none : scoreText(score);

/** How many samples, and the likeness to float that stands beside every accuracy. */
export function scoreNote({ score, agreement }: Run): string {
  const on = `On ${grouped(score.samples)} evaluation samples`;
  if (score.kind === agreement.kind) return `${on}.`;
  const like =
    agreement.kind === 'agreement'
      ? `same most likely class as float in ${scoreText(agreement)}`
      : `output ${scoreText(agreement)} SQNR to float`;
  return `${on}; ${like}.`;
}

export function scoreText(score: Score): string {
  if (score.unit === '%') return `${score.value.toFixed(1)} %`;
  return `${number(score.value)}${score.unit ? ` ${score.unit}` : ''}`;
}

/** Difference to float in points or units; nothing where the score is a distance to float itself. */
export function scoreDifference({ score, floatScore }: Run): string {
  const toFloat = score.kind === 'SQNR to float' || score.kind === 'agreement';
  if (toFloat || score.kind !== floatScore.kind) return '';
  const decimals = score.unit === '%' ? 1 : 3;
  return `Δ ${signed(score.value - floatScore.value, decimals)}`;
}

/** More than a point of accuracy or a twentieth of the error. */
export function scoreWorse({ score, floatScore }: Run): boolean {
  if (score.kind !== floatScore.kind) return false;
  if (score.kind === 'mean absolute error') return score.value > floatScore.value * 1.05;
  return score.unit === '%' && score.value < floatScore.value - 1;
}
