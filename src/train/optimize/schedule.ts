/** Rates over a training: a rise, then a cosine to 0 (arXiv 1608.03983) or a constant. */
import type { TrainOptions } from '../options';

type Options = Pick<
  TrainOptions,
  'learningRate' | 'scaleLearningRate' | 'warmup' | 'schedule' | 'freezeScalesLast'
>;

/** @param step from 0 */
export function ratesAt(options: Options, step: number, steps: number) {
  const rise = Math.min(1, (step + 1) / Math.max(1, options.warmup * steps));
  const fall = options.schedule === 'cosine' ? 0.5 * (1 + Math.cos((Math.PI * step) / steps)) : 1;
  const frozen = step >= Math.ceil(steps * (1 - options.freezeScalesLast));
  return {
    weights: options.learningRate * rise * fall,
    scales: frozen ? 0 : options.scaleLearningRate * rise * fall,
  };
}
