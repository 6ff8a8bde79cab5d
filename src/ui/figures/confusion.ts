/** The confusion matrices of float and quantized, joined class by class. */
import { classAccuracy, classSamples, type Confusion } from '../../analysis/score/confusion';

/** One model's answers to the samples of one class. */
export interface Answers {
  /** Per cent; undefined without samples of the class. */
  readonly accuracy?: number;
  /** How often each class was answered; empty where there are too many classes for a table of answers. */
  readonly counts: readonly number[];
}
export interface ConfusionRow {
  readonly index: number;
  readonly name: string;
  /** Samples of the class. */
  readonly total: number;
  /** As `ConfusionTable.models`. */
  readonly answers: readonly Answers[];
}
export interface ConfusionTable {
  readonly models: readonly string[];
  readonly classes: readonly string[];
  readonly rows: readonly ConfusionRow[];
}

/** One row a class, with the answers of each model that has a matrix; undefined where none has. */
export function confusionTable(
  models: readonly { readonly name: string; readonly confusion?: Confusion }[],
): ConfusionTable | undefined {
  const known = models.filter(
    (model): model is { name: string; confusion: Confusion } => model.confusion !== undefined,
  );
  const first = known[0];
  if (!first) return undefined;
  const { classes } = first.confusion;
  const size = classes.length;
  const same = known
    .filter(({ confusion }) => confusion.classes.length === size)
    .map(({ name, confusion }) => ({
      name,
      accuracy: classAccuracy(confusion),
      counts: (truth: number) => confusion.counts.slice(truth * size, (truth + 1) * size),
    }));
  const totals = classSamples(first.confusion);
  return {
    models: same.map(({ name }) => name),
    classes,
    rows: classes.map((name, truth) => {
      const answers = same.map(({ accuracy, counts }): Answers => {
        const right = accuracy[truth]!;
        return {
          ...(Number.isNaN(right) ? {} : { accuracy: right }),
          counts: counts(truth),
        };
      });
      return { index: truth, name, total: totals[truth]!, answers };
    }),
  };
}

export interface Confused {
  readonly truth: string;
  readonly answer: string;
  readonly count: number;
  readonly total: number;
}

/** The most frequent wrong answers of one model, by their share of the class; none without mistakes. */
export function mostConfused(
  { classes, rows }: ConfusionTable,
  model: number,
  most = 3,
): readonly Confused[] {
  return rows
    .flatMap(({ index, name, total, answers }) =>
      answers[model]!.counts.flatMap((count, answer) =>
        answer !== index && count > 0
          ? [{ truth: name, answer: classes[answer]!, count, total }]
          : [],
      ),
    )
    .sort((a, b) => b.count / b.total - a.count / a.total)
    .slice(0, most);
}

/** Darker, the counts would be hard to read. */
const deepest = 45;

/** Per cent of tint: the count against the samples of its class; of wrong answers the root, so that few are seen too. */
export function depth(
  count: number,
  { total, index }: Pick<ConfusionRow, 'total' | 'index'>,
  answer: number,
): number {
  const share = total === 0 ? 0 : count / total;
  return Math.round(deepest * (answer === index ? share : Math.sqrt(share)));
}
