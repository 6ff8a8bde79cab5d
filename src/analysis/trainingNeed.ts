/** Whether training has anything to gain over a quantized run: is that run within noise of float? */
import type { Run } from '../run/types';
import { primaryIndex } from './score';
import { mcnemar, pairedBootstrap, SIGNIFICANT } from './significance';

export interface TrainingNeed {
  readonly needed: boolean;
  /** Says so, and why. */
  readonly sentence: string;
}

/**
 * By McNemar's exact test of right and wrong answers against the float model on the same samples, or a
 * paired bootstrap of errors where the output is scored by an error. undefined: the run has no labels,
 * or float's own answers are missing, so that nothing can be said.
 */
export function trainingNeed({ figures }: Pick<Run, 'figures'>): TrainingNeed | undefined {
  const { samples, floatSamples, whole } = figures;
  const output = primaryIndex(whole.scores);
  const score = whole.scores[output];
  if (!floatSamples || floatSamples.length === 0 || !score || score.synthetic) return undefined;
  if (score.kind === 'agreement' || score.kind === 'likeness') return undefined;
  const answers = mcnemar(floatSamples, samples, output);
  if (answers.samples > 0) {
    const worse = answers.worse > answers.better && answers.p < SIGNIFICANT;
    return worse
      ? {
          needed: true,
          sentence: `Quantizing alone costs accuracy: against float, ${lower(answers.sentence)} Training may win it back.`,
        }
      : {
          needed: false,
          sentence: `Training isn't needed here: quantized alone, the model is within noise of float. ${answers.sentence}`,
        };
  }
  const errors = pairedBootstrap(floatSamples, samples, output);
  if (errors.samples === 0) return undefined;
  const worse = errors.low > 0;
  return {
    needed: worse,
    sentence: worse
      ? `Quantizing alone raises the mean error from ${short(errors.a)} to ${short(errors.b)} on ${errors.samples} samples, more than chance. Training may win it back.`
      : `Training isn't needed here: the mean error of ${short(errors.b)} is within noise of float's ${short(errors.a)} on ${errors.samples} samples.`,
  };
}

const short = (value: number) => value.toPrecision(3);
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
