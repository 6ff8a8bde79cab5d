/** What a kind of score is: gathers every evaluation sample of one output, and says how right they were. */
import type { OutputNeed, TargetKind, TargetValue } from '../../data/samples';
import type { Score, ScoreKind } from '../../run/figures';
import type { SampleAnswer } from '../../run/types';

/** One sample of one output; all real numbers, without the batch. */
export interface ScoreInput {
  readonly output: Float32Array;
  /** The float model's output on the same sample; equal to `output` when float itself is scored. */
  readonly float: Float32Array;
  /** undefined: the sample has no label and isn't counted where one is needed. */
  readonly target?: TargetValue;
  /** The first input as the network gets it, after preprocessing. */
  readonly input: Float32Array;
}

export interface Scorer {
  /** @throws IntactError `bad-data` for a target that doesn't fit the output. */
  add(sample: ScoreInput): SampleAnswer;
  /** Of the samples so far; NaN before the first. May be called between samples. */
  score(): Score;
}

/** How one output is scored. */
export interface Scoring {
  readonly kind: ScoreKind;
  /** Index into the graph's outputs, and its name. */
  readonly output: number;
  readonly name: string;
  create(): Scorer;
  /** Likeness to float: agreement where there is a most likely class, else SQNR. */
  likeness(): Scorer;
}

/** What a scorer is made for. */
export interface ScorerOptions {
  readonly need: OutputNeed;
  readonly synthetic: boolean;
}

type TargetOf<K extends ScoreKind> = Extract<TargetKind, { kind: K }>;

/** One kind of score. Kinds without a label (`agreement`, `likeness`) have no target. */
export interface KindOfScore<K extends ScoreKind = ScoreKind> {
  readonly kind: K;
  /** "accuracy", as it stands in sentences; `title` heads a column. */
  readonly label: string;
  readonly title: string;
  readonly definition: string;
  readonly unit: Score['unit'];
  readonly better: Score['better'];
  /** It measures the distance to float itself: float's own says nothing. */
  readonly toFloat: boolean;
  create(
    options: ScorerOptions,
    target: [TargetOf<K>] extends [never] ? undefined : TargetOf<K>,
  ): Scorer;
}

/** What a score doesn't speak of is said with its count; nothing of none. */
export const counted = (label: string, count: number): Score['more'] =>
  count === 0 ? [] : [{ label, value: count, unit: '' }];

/** What every score says of itself, whatever came out. */
export function heading(
  { kind, label, unit, better }: Pick<KindOfScore, 'kind' | 'label' | 'unit' | 'better'>,
  output: string,
  synthetic: boolean,
): Pick<Score, 'kind' | 'label' | 'unit' | 'better' | 'output' | 'synthetic'> {
  return { kind, label, unit, better, output, synthetic };
}
