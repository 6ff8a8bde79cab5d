import { IntactError } from '../model/error';
import { shuffled } from './random';
import type { Dataset, Split } from './types';

export interface SplitOptions {
  readonly calibration: number;
  /** Most evaluation samples; all that are left when undefined. */
  readonly evaluation?: number;
  readonly seed: number;
}

/**
 * Disjoint calibration and evaluation samples. A set that brings its own training and test parts
 * (Dataset.evaluationFrom) keeps them apart; any other is shuffled with the seed, and at least one
 * sample is left for evaluation.
 * @throws IntactError `bad-data` with fewer than two samples.
 */
export function split(
  dataset: Pick<Dataset, 'count' | 'evaluationFrom'>,
  options: SplitOptions,
): Split {
  const { count, evaluationFrom } = dataset;
  const { seed } = options;
  if (count < 2)
    throw new IntactError(
      'bad-data',
      `Calibration and evaluation need different samples; there ${count === 1 ? 'is only one' : 'are none'}. Add more samples.`,
    );
  const wanted = Math.max(1, Math.floor(options.calibration));
  if (evaluationFrom !== undefined && evaluationFrom > 0 && evaluationFrom < count) {
    const evaluation = shuffled(count - evaluationFrom, seed).map((i) => i + evaluationFrom);
    return {
      calibration: shuffled(evaluationFrom, seed).slice(0, wanted),
      evaluation: evaluation.slice(0, options.evaluation ?? evaluation.length),
      seed,
    };
  }
  const order = shuffled(count, seed);
  const calibration = Math.min(wanted, Math.max(1, Math.floor(count / 2)));
  const rest = order.slice(calibration);
  return {
    calibration: order.slice(0, calibration),
    evaluation: rest.slice(0, options.evaluation ?? rest.length),
    seed,
  };
}
