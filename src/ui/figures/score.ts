/** Scores in words: what they are, what quantizing changed, and on how many samples. */
import { kindsOfScore } from '../../analysis/score';
import type { Score } from '../../run/figures';
import { grouped, none, signed } from '../../analysis/format';
import { scoreText } from '../../analysis/figures/text';

export const scoreTitle = ({ kind }: Pick<Score, 'kind'>): string => kindsOfScore[kind].title;
export const scoreDefinition = ({ kind }: Pick<Score, 'kind'>): string =>
  kindsOfScore[kind].definition;

/** The float model's own score; of a distance to float there is nothing to say. */
export const floatScoreText = (score: Score | undefined): string =>
  !score || kindsOfScore[score.kind].toFloat ? none : scoreText(score);

/** "Δ −0.2": in points or units; nothing where the score is a distance to float itself. */
export function changeText(score: Score, float: Score | undefined): string {
  if (!float || kindsOfScore[score.kind].toFloat || score.kind !== float.kind) return '';
  return `Δ ${signed(score.value - float.value, score.unit === '' ? 3 : 1)}`;
}

/** "On 2,000 evaluation samples; same most likely class as float in 99.6 %." */
export function scoreNote(score: Score, likeness: Score | undefined): string {
  const on = `On ${grouped(score.samples)} evaluation ${score.samples === 1 ? 'sample' : 'samples'}`;
  return likeness && likeness.kind !== score.kind ? `${on}; ${likenessText(likeness)}.` : `${on}.`;
}

export function likenessText(likeness: Score): string {
  return likeness.kind === 'agreement'
    ? `same most likely class as float in ${scoreText(likeness)}`
    : `output ${scoreText(likeness)} SQNR to float`;
}

/** "top-5 99.9 %, AUC 0.981": what is said beside the score. */
export const moreText = ({ more }: Pick<Score, 'more'>): string =>
  more.map(({ label, value, unit }) => `${label} ${scoreText({ value, unit })}`).join(', ');
