/** A class per pixel: mean intersection over union, and pixel accuracy. */
import { IntactError } from '../../model/error';
import { share, thresholdOf } from './answers';
import { classNames, MOST_CLASSES_SHOWN, type Confusion } from './confusion';
import { counted, heading, type KindOfScore } from './score';

const about = {
  kind: 'mask',
  label: 'mean IoU',
  title: 'Mean IoU',
  definition:
    'Intersection over union of answer and label, over all evaluation samples together, averaged over the classes that occur; pixels with a label outside the classes (255) are left out. Δ to float in points.',
  unit: '%',
  better: 'higher',
  toFloat: false,
} as const;

export const mask: KindOfScore<'mask'> = {
  ...about,
  create: ({ need, synthetic }, { classes }) => {
    const threshold = thresholdOf(need.ends);
    const whole = new Pixels(classes);
    const own = new Pixels(classes);
    let samples = 0;
    return {
      add: ({ output, target }) => {
        if (target === undefined) return {};
        const truth = typeof target === 'number' ? [target] : target;
        const columns = output.length / truth.length;
        if (!Number.isInteger(columns) || columns === 0)
          throw new IntactError(
            'bad-data',
            `A mask of ${truth.length} pixels doesn't fit output "${need.name}" of ${output.length} numbers. Give masks of the output's size.`,
          );
        own.clear();
        for (let at = 0; at < truth.length; at++)
          own.add(truth[at]!, pixelAnswer(output, at * columns, columns, threshold));
        whole.merge(own);
        samples++;
        return { error: 1 - own.meanIoU() / 100 };
      },
      score: () => ({
        ...heading(about, need.name, synthetic),
        value: whole.meanIoU(),
        samples,
        more: [
          { label: 'pixel accuracy', value: whole.accuracy(), unit: '%' },
          ...counted('pixels left out (no class)', whole.leftOut),
          ...counted('pixels without an answer', whole.without()),
        ],
        ...(classes <= MOST_CLASSES_SHOWN ? { confusion: whole.confusion() } : {}),
      }),
    };
  },
};

/** undefined where any number of the pixel is NaN. */
function pixelAnswer(
  output: Float32Array,
  from: number,
  columns: number,
  threshold: number,
): number | undefined {
  let best = 0;
  let most = output[from]!;
  if (Number.isNaN(most)) return undefined;
  if (columns === 1) return most > threshold ? 1 : 0;
  for (let column = 1; column < columns; column++) {
    const x = output[from + column]!;
    if (Number.isNaN(x)) return undefined;
    if (x > most) {
      most = x;
      best = column;
    }
  }
  return best;
}

/** Pixels by truth and answer. */
class Pixels {
  readonly counts: Float64Array;
  /** Pixels of each class that got no answer, or one that isn't a class. */
  private readonly unanswered: Float64Array;
  /** Pixels whose label is no class (255). */
  leftOut = 0;

  constructor(private readonly classes: number) {
    this.counts = new Float64Array(classes * classes);
    this.unanswered = new Float64Array(classes);
  }

  clear(): void {
    this.counts.fill(0);
    this.unanswered.fill(0);
    this.leftOut = 0;
  }

  add(truth: number, answer: number | undefined): void {
    if (!(truth >= 0 && truth < this.classes)) {
      this.leftOut++;
      return;
    }
    if (answer === undefined || answer >= this.classes) this.unanswered[truth]!++;
    else this.counts[truth * this.classes + answer]!++;
  }

  merge(other: Pixels): void {
    other.counts.forEach((count, at) => (this.counts[at]! += count));
    other.unanswered.forEach((count, at) => (this.unanswered[at]! += count));
    this.leftOut += other.leftOut;
  }

  without(): number {
    return this.unanswered.reduce((sum, count) => sum + count, 0);
  }

  confusion(): Confusion {
    const { classes, counts } = this;
    const rows = Array.from({ length: classes }, (_, truth) => truth);
    return {
      classes: classNames(classes, undefined),
      counts: [...counts],
      samples: rows.map(
        (truth) =>
          this.unanswered[truth]! +
          counts
            .subarray(truth * classes, (truth + 1) * classes)
            .reduce((sum, count) => sum + count, 0),
      ),
      right: rows.map((truth) => counts[truth * classes + truth]!),
    };
  }

  /** Per cent; NaN without pixels. */
  meanIoU(): number {
    let sum = 0;
    let occurring = 0;
    for (let one = 0; one < this.classes; one++) {
      let union = this.unanswered[one]!;
      for (let other = 0; other < this.classes; other++) {
        union += this.counts[one * this.classes + other]!;
        if (other !== one) union += this.counts[other * this.classes + one]!;
      }
      if (union === 0) continue;
      occurring++;
      sum += this.counts[one * this.classes + one]! / union;
    }
    return share(sum, occurring);
  }

  /** Per cent; NaN without pixels. */
  accuracy(): number {
    let right = 0;
    for (let one = 0; one < this.classes; one++) right += this.counts[one * this.classes + one]!;
    const answered = this.counts.reduce((sum, count) => sum + count, 0);
    return share(right, answered + this.without());
  }
}
