/** Which class was answered to which. */
import type { Score } from '../../run/figures';
import { share } from './answers';

export type Confusion = NonNullable<Score['confusion']>;

/** Larger tables say nothing to the eye and are heavy in storage. */
export const MOST_CLASSES_SHOWN = 200;
/** Of more classes there is no accuracy by class either: such an output is no list of names. */
const MOST_CLASSES = 10_000;

/** Names of the classes by their index, else their numbers. */
export function classNames(count: number, names: readonly string[] | undefined): readonly string[] {
  return Array.from({ length: count }, (_, at) => names?.[at] ?? String(at));
}

/**
 * Rows: truth, columns: answer. A sample without an answer (NaN) has no cell, but is one of its class's
 * samples; one with a class that the model doesn't have stands nowhere. Of more than 200 classes there
 * are the numbers by class alone, of more than 10,000 nothing.
 */
export function confusionOf(
  count: number,
  names: readonly string[] | undefined,
  truths: readonly number[],
  answers: readonly (number | undefined)[],
): Confusion | undefined {
  if (count > MOST_CLASSES) return undefined;
  const table = count <= MOST_CLASSES_SHOWN;
  const counts = new Array<number>(table ? count * count : 0).fill(0);
  const samples = new Array<number>(count).fill(0);
  const right = new Array<number>(count).fill(0);
  const within = (index: number | undefined): index is number =>
    index !== undefined && index >= 0 && index < count;
  truths.forEach((truth, at) => {
    const answer = answers[at];
    if (!within(truth)) return;
    samples[truth]!++;
    if (answer === truth) right[truth]!++;
    if (table && within(answer)) counts[truth * count + answer]!++;
  });
  return { classes: classNames(count, names), counts, samples, right };
}

/** Samples of each class, answered or not. */
export function classSamples({ classes, counts, samples }: Confusion): readonly number[] {
  const size = classes.length;
  return (
    samples ??
    classes.map((_, truth) =>
      counts.slice(truth * size, (truth + 1) * size).reduce((sum, count) => sum + count, 0),
    )
  );
}

/** Per cent of the samples of each class that were answered right (recall); NaN for a class without samples. */
export function classAccuracy(confusion: Confusion): readonly number[] {
  const { classes, counts, right } = confusion;
  const samples = classSamples(confusion);
  return classes.map((_, truth) =>
    share(right ? right[truth]! : counts[truth * classes.length + truth]!, samples[truth]!),
  );
}
