/** The same sample through every run: those where the runs disagree first. */
import type { SampleAnswer } from '../../run/types';
import { primaryIndex } from '../score';
import { answersOf } from './real';
import type { Comparison } from './types';

export interface ComparedSample {
  readonly key: string;
  /** Place in its set, as the baseline read it. */
  readonly index: number;
  /** The same of every run, by position: another set may hold it elsewhere. */
  readonly indices: readonly (number | undefined)[];
  /** By position of the run; undefined: it did not answer this sample. */
  readonly answers: readonly (SampleAnswer | undefined)[];
  readonly disagree: boolean;
  /** Right in some runs and wrong in others. */
  readonly decisive: boolean;
  /** Largest difference of error to the baseline. */
  readonly apart: number;
}

/**
 * Samples that the baseline and another run answered: first those where one is right and another wrong,
 * then other answers that aren't the same, then by how far the errors lie apart.
 */
export function comparedSamples({ runs, baseline }: Comparison): readonly ComparedSample[] {
  const first = runs.map(({ runs: [run] }) => run!);
  const base = first[baseline]!;
  const output = Math.max(0, primaryIndex(base.figures.whole.scores));
  const other = first.find((run) => run !== base && run.figures.samples.length > 0) ?? base;
  const lists = first.map((run) => answersOf(run, run === base ? other : base));
  // A run with other outputs, its head split, answers another question.
  const name = base.figures.whole.scores[output]?.output;
  const alike = first.map(({ figures }) => figures.whole.scores[output]?.output === name);
  const byKey = lists.map(
    (list, at) => new Map(alike[at] ? list.map((sample) => [sample.key, sample]) : []),
  );
  const found = lists[baseline]!.flatMap(({ key, index }): ComparedSample[] => {
    const own = byKey.map((map) => map.get(key));
    const answers = own.map((sample) => sample?.outputs[output]);
    const known = answers.filter((answer) => answer !== undefined);
    if (known.length < 2) return [];
    const from = answers[baseline]!;
    const correct = new Set(known.map((answer) => answer.correct));
    return [
      {
        ...{ key, index, answers },
        indices: own.map((sample) => sample?.index),
        disagree: new Set(known.map(({ answer }) => answer)).size > 1 || correct.size > 1,
        decisive: correct.size > 1,
        apart: Math.max(
          ...known.map(({ error }) => Math.abs((error ?? 0) - (from.error ?? 0)) || 0),
        ),
      },
    ];
  });
  return found.sort(
    (a, b) =>
      Number(b.decisive) - Number(a.decisive) ||
      Number(b.disagree) - Number(a.disagree) ||
      b.apart - a.apart ||
      a.index - b.index,
  );
}
