/** Which class was answered to which. */
import type { Score } from '../../run/figures';
import { share } from './answers';

export type Confusion = NonNullable<Score['confusion']>;

/** Larger tables say nothing to the eye and are heavy in storage. */
export const MOST_CLASSES_SHOWN = 200;

/** Names of the classes by their index, else their numbers. */
export function classNames(count: number, names: readonly string[] | undefined): readonly string[] {
  return Array.from({ length: count }, (_, at) => names?.[at] ?? String(at));
}

/**
 * Rows: truth, columns: answer. A sample without an answer (NaN), or with a class that the model
 * doesn't have, has no cell. undefined for more than 200 classes.
 */
export function confusionOf(
  count: number,
  names: readonly string[] | undefined,
  truths: readonly number[],
  answers: readonly (number | undefined)[],
): Confusion | undefined {
  if (count > MOST_CLASSES_SHOWN) return undefined;
  const counts = new Array<number>(count * count).fill(0);
  const within = (index: number | undefined): index is number =>
    index !== undefined && index >= 0 && index < count;
  truths.forEach((truth, at) => {
    const answer = answers[at];
    if (within(truth) && within(answer)) counts[truth * count + answer]!++;
  });
  return { classes: classNames(count, names), counts };
}

/** Per cent of the samples of each class that were answered right (recall); NaN for a class without samples. */
export function classAccuracy({ classes, counts }: Confusion): readonly number[] {
  const size = classes.length;
  return classes.map((_, truth) => {
    const row = counts.slice(truth * size, (truth + 1) * size);
    return share(
      row[truth]!,
      row.reduce((sum, count) => sum + count, 0),
    );
  });
}
