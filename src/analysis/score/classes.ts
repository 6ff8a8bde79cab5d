/** One class of many: accuracy, top five, area under the curve of two, confusion. */
import type { TargetValue } from '../../data/samples';
import { IntactError } from '../../model/error';
import { elementCount } from '../../model/graph';
import type { Score } from '../../run/figures';
import { answerOf, CLASSES_FOR_TOP_5, rankOf, share } from './answers';
import { areaUnderCurve } from './curve';
import { confusionOf } from './confusion';
import { counted, heading, type KindOfScore } from './score';

const about = {
  kind: 'classes',
  label: 'accuracy',
  title: 'Accuracy',
  definition: 'Top-1 accuracy against the labels on the evaluation samples; Δ to float in points.',
  unit: '%',
  better: 'higher',
  toFloat: false,
} as const;

export const classes: KindOfScore<'classes'> = {
  ...about,
  create: ({ need, synthetic }, { count, names }) => {
    // The model may know more classes than the labels name.
    const seen = new Answers(Math.max(count, elementCount(need.shape)), names);
    return {
      add: ({ output, target }) => {
        if (target === undefined) return {};
        const truth = classIndex(target, need.name);
        // An output of one number holds the class itself (an ArgMax at the end of the graph).
        const answer = output.length === 1 ? wholeNumber(output[0]!) : answerOf(output, 0);
        return seen.add(truth, answer, {
          rank: output.length === 1 ? undefined : rankOf(output, truth),
          margin: output.length === 2 ? output[1]! - output[0]! : undefined,
        });
      },
      score: () => ({ ...heading(about, need.name, synthetic), ...seen.result() }),
    };
  },
};

const wholeNumber = (x: number): number | undefined =>
  Number.isNaN(x) ? undefined : Math.round(x);

/** @throws IntactError `bad-data` for a label that is several numbers. */
export function classIndex(target: TargetValue, output: string): number {
  if (typeof target === 'number') return target;
  if (target.length === 1) return target[0]!;
  throw new IntactError(
    'bad-data',
    `Output "${output}" is scored by one class a sample, but a label holds ${target.length} numbers. Choose another kind of label in the data check.`,
  );
}

/** Right and wrong answers to samples with one class each. */
export class Answers {
  private readonly truths: number[] = [];
  private readonly margins: number[] = [];
  private readonly pairs: (number | undefined)[] = [];
  private right = 0;
  private inTop5 = 0;
  private ranked = 0;

  constructor(
    private readonly count: number,
    private readonly names: readonly string[] | undefined,
  ) {}

  /** `margin`: how much more likely class 1 is than class 0. */
  add(
    truth: number,
    answer: number | undefined,
    { rank, margin }: { rank?: number; margin?: number },
  ): { answer?: number; correct: boolean } {
    const correct = answer === truth;
    this.truths.push(truth);
    this.pairs.push(answer);
    if (correct) this.right++;
    if (rank !== undefined) this.ranked++;
    if (rank !== undefined && rank < 5) this.inTop5++;
    if (margin !== undefined) this.margins.push(margin);
    return { ...(answer === undefined ? {} : { answer }), correct };
  }

  result(): Pick<Score, 'value' | 'samples' | 'more' | 'confusion'> {
    const samples = this.truths.length;
    const top5 = this.count >= CLASSES_FOR_TOP_5 && this.ranked > 0;
    const curve =
      this.count === 2 && this.margins.length === samples
        ? areaUnderCurve(this.margins, this.truths)
        : undefined;
    const confusion = confusionOf(this.count, this.names, this.truths, this.pairs);
    return {
      value: share(this.right, samples),
      samples,
      more: [
        ...(top5
          ? [{ label: 'top-5 accuracy', value: share(this.inTop5, samples), unit: '%' } as const]
          : []),
        ...(curve === undefined ? [] : [{ label: 'AUC', value: curve, unit: '' } as const]),
        ...counted('without an answer (NaN)', this.pairs.filter((one) => one === undefined).length),
        ...counted(
          'with a class that the model does not have',
          this.truths.filter((truth) => !(truth >= 0 && truth < this.count)).length,
        ),
      ],
      ...(confusion ? { confusion } : {}),
    };
  }
}
