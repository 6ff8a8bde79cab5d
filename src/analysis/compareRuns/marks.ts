/** What must be said beside a figure before it is compared: other samples, unfinished, made up, assumed. */
import { marksOf } from '../marks';
import { sameSamples } from './same';
import type { Figure } from '../figures';
import type { Comparable, ComparedRun, Comparison } from './types';
import { wholeLines } from './whole';
import { everyTotal } from './words';

export interface ComparisonMark {
  readonly id:
    | 'model'
    | 'samples'
    | 'score'
    | 'counts'
    | 'growing'
    | 'stopped'
    | 'synthetic'
    | 'assumed'
    | 'engine';
  readonly label: string;
  readonly sentence: string;
}

/** `group`: of a layer's figure. */
type Asked = Pick<Figure<never>, 'id' | 'fromSamples' | 'waitsFor'> & { readonly group?: string };

/** What stands between this run's figure and the baseline's; none: they can be compared as they are. */
export function comparisonMarks(
  { runs, baseline }: Comparison,
  position: number,
  figure: Asked,
): readonly ComparisonMark[] {
  const base = runs[baseline]!;
  const own = runs[position]!;
  const [a, b] = [base.runs[0]!, own.runs[0]!];
  const marks: ComparisonMark[] = [];
  if (position !== baseline) {
    if (figure.fromSamples) {
      if (!sameSamples(a, b)) marks.push(otherSamples(a, b));
      else if (figure.id === 'score' && !sameScore(a, b)) marks.push(otherScore);
      const counts = otherCounts(a, b, figure);
      if (counts) marks.push(counts);
    }
    if (figure.id === 'latency' && a.made.engine !== b.made.engine) marks.push(otherEngine(a, b));
    if (a.made.subject.key !== b.made.subject.key) marks.push(otherModel(b));
  }
  if (figure.fromSamples) marks.push(...marksOf(b.made.samples));
  const open = unfinished(own, figure);
  if (open) marks.push(open);
  return marks;
}

/** What stands between a run's totals (score, size, latency, energy) and the baseline's, each said once; the baseline's own too. */
export function totalMarks(comparison: Comparison, position: number): readonly ComparisonMark[] {
  const told = wholeLines(comparison).filter(
    ({ figure, cells }) =>
      everyTotal.includes(figure.id) && cells[position]?.difference !== undefined,
  );
  const all = told.flatMap(({ figure }) =>
    [comparison.baseline, position].flatMap((at) => comparisonMarks(comparison, at, figure)),
  );
  return [...new Map(all.map((mark) => [mark.id, mark])).values()];
}

/** "int8 [other samples]": a name with the marks of a figure, where there is no room for sentences. */
export function markedLabel(comparison: Comparison, position: number, figure: Asked): string {
  const { label } = comparison.runs[position]!;
  const marks = comparisonMarks(comparison, position, figure).map((mark) => mark.label);
  return marks.length > 0 ? `${label} [${marks.join(', ')}]` : label;
}

const otherSamples = (a: Comparable, b: Comparable): ComparisonMark => ({
  id: 'samples',
  label: 'other samples',
  sentence: `Measured on other samples (${describe(b)}) than the baseline (${describe(a)}): the difference is not of the settings alone.`,
});

function describe({ made: { samples } }: Comparable): string {
  const role = samples.roles.find((one) => one.role === 'evaluation');
  return `${(role?.count ?? 0).toLocaleString('en-US')} of ${samples.name}`;
}

const sameScore = (a: Comparable, b: Comparable) =>
  a.figures.whole.scores.length === 0 ||
  b.figures.whole.scores.length === 0 ||
  a.figures.whole.scores[0]!.kind === b.figures.whole.scores[0]!.kind;

const otherScore: ComparisonMark = {
  id: 'score',
  label: 'scored otherwise',
  sentence: 'Judged by another score than the baseline: the numbers do not mean the same.',
};

/** Each layer alone, and accumulated errors, are measured on a part of the samples. */
function otherCounts(
  a: Comparable,
  b: Comparable,
  { waitsFor, group }: Asked,
): ComparisonMark | undefined {
  if (!a.made.recipe || !b.made.recipe) return undefined;
  const of = ({ figures: { counts } }: Comparable) => {
    if (waitsFor === 'sensitivity' && counts.sensitivity) return counts.sensitivity;
    if (waitsFor !== 'score') return counts.isolated ?? counts.evaluated;
    return group === undefined ? counts.evaluated : (counts.accumulated ?? counts.evaluated);
  };
  if (of(a) === of(b)) return undefined;
  return {
    id: 'counts',
    label: `${of(b).toLocaleString('en-US')} samples`,
    sentence: `Measured on ${of(b).toLocaleString('en-US')} samples, the baseline on ${of(a).toLocaleString('en-US')}.`,
  };
}

const otherEngine = (a: Comparable, b: Comparable): ComparisonMark => ({
  id: 'engine',
  label: 'other engine',
  sentence: `Timed in ${b.made.engine}, the baseline in ${a.made.engine}: the times do not compare.`,
});

const otherModel = ({ made }: Comparable): ComparisonMark => ({
  id: 'model',
  label: 'other model',
  sentence: `Made from another model (${made.subject.name}) than the baseline.`,
});

function unfinished(run: ComparedRun, { waitsFor }: Asked): ComparisonMark | undefined {
  if (run.state === 'finished') return undefined;
  const waits =
    waitsFor !== undefined && run.runs.some(({ pending }) => pending.includes(waitsFor));
  if (run.state === 'growing')
    return waits
      ? {
          id: 'growing',
          label: 'growing',
          sentence: 'Still being measured: the number will change.',
        }
      : undefined;
  return waits || waitsFor === 'score'
    ? {
        id: 'stopped',
        label: 'stopped',
        sentence:
          'Stopped before everything was measured: it may stand on fewer samples or layers.',
      }
    : undefined;
}
