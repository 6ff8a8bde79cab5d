/** Is the difference real? What each sample says, at the output that stands for the model. */
import type { SampleAnswer, SampleFigures } from '../../run/types';
import { primaryIndex } from '../score';
import { mcnemar, pairedBootstrap, SIGNIFICANT } from '../significance';
import { sameSamples } from './same';
import type { Comparable, ComparedRun, Comparison } from './types';

export interface Reality {
  /** "17 of 2,000 answers differ; 12 better, 5 worse: could be chance (p = 0.14)." */
  readonly sentence: string;
  /** undefined: nothing could be tested. */
  readonly beyondChance?: boolean;
  readonly test: 'mcnemar' | 'bootstrap' | 'none';
}

/** Of the folded runs the first stands for all. */
export function realityOf({ runs, baseline }: Comparison, position: number): Reality {
  const [a, b] = [runs[baseline]!.runs[0]!, runs[position]!.runs[0]!];
  const output = primaryIndex(b.figures.whole.scores);
  if (a.figures.whole.scores[output]?.output !== b.figures.whole.scores[output]?.output)
    return {
      test: 'none',
      sentence: 'The two runs have other outputs, so no test can pair their answers.',
    };
  const [before, after] = [answersOf(a, b), answersOf(b, a)];
  const answered =
    (judged: (answer: SampleAnswer) => boolean) => (list: readonly SampleFigures[]) =>
      list.some(({ outputs }) => outputs[output] && judged(outputs[output]));
  const bothHave = (judged: (answer: SampleAnswer) => boolean) =>
    answered(judged)(before) && answered(judged)(after);
  if (bothHave(({ correct }) => correct !== undefined)) {
    const tested = mcnemar(before, after, output);
    return {
      test: 'mcnemar',
      sentence: tested.sentence + seedNote(runs[position]!),
      ...(tested.samples > 0 ? { beyondChance: tested.p < SIGNIFICANT } : {}),
    };
  }
  if (bothHave(({ error }) => error !== undefined)) {
    const tested = pairedBootstrap(before, after, output);
    return {
      test: 'bootstrap',
      sentence: tested.sentence + seedNote(runs[position]!),
      ...(tested.samples > 0 ? { beyondChance: tested.low > 0 || tested.high < 0 } : {}),
    };
  }
  return { test: 'none', sentence: whyNot(a, b) };
}

/** A run's answers; of a float run that keeps none, those that the other run took of it in turn with itself. */
export function answersOf(run: Comparable, other: Comparable): readonly SampleFigures[] {
  if (run.figures.samples.length > 0) return run.figures.samples;
  const asItIs = run.made.recipe === undefined && run.made.subject.key === other.made.subject.key;
  return asItIs && sameSamples(run, other) ? (other.figures.floatSamples ?? []) : [];
}

const seedNote = ({ runs, seeds }: ComparedRun) =>
  runs.length > 1
    ? ` Tested with seed ${seeds[0]}; the spread over ${runs.length} seeds stands beside the mean.`
    : '';

function whyNot(a: Comparable, b: Comparable): string {
  if (!sameSamples(a, b))
    return 'The two runs answered other samples, so no test can pair their answers.';
  return 'No answers to single samples are kept of both runs, so chance cannot be told from difference.';
}
