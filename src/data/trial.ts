/**
 * What labelled training samples can tell: the value range, whether labels count from 1, the threshold
 * of a logit, the order of classes. The float model is run on each candidate; a candidate is proven only
 * where it wins by more than chance.
 */
import { isCustom } from './custom';
import { fitsBetter } from './paired';
import { shuffled } from '../numbers/random';
import { twins } from './range';
import type { Sample, TargetKind, TrialScore, TryOut } from './samples';

const MOST_TRIED = 100;
const SEED = 20_240_229;

/** Samples to choose by: of the training part where there is one, else at most a quarter (half of small sets). */
export function triedIndices(
  count: number,
  training: readonly number[] | undefined,
  usable: (index: number) => boolean,
): number[] {
  const pool = training ?? Array.from({ length: count }, (_, index) => index);
  const most = training
    ? Math.min(MOST_TRIED, pool.length)
    : Math.min(MOST_TRIED, Math.max(Math.ceil(count / 4), Math.min(24, Math.floor(count / 2))));
  return shuffled(pool.length, SEED)
    .map((at) => pool[at]!)
    .filter(usable)
    .slice(0, most);
}

export interface Candidate {
  readonly value: string;
  read(index: number): Promise<Sample>;
}
export interface Measured {
  readonly value: string;
  readonly score: number;
  readonly losses?: Float64Array;
  /** "94 % right on 100" */
  readonly effect: string;
}
export interface Verdict {
  readonly measured: readonly Measured[];
  readonly best: Measured;
  /** The first candidate's own. */
  readonly usual: Measured;
  /** The best one wins over every other by more than chance, and over chance itself. */
  readonly proven: boolean;
  /** The best one wins over the usual. */
  readonly better: boolean;
  /** It wins by what its answers cost, since as many are right with others. */
  readonly byLoss: boolean;
  /** Others that fit as well, where none is proven. */
  readonly ties: readonly string[];
}

type Unit = 'percent' | 'error' | 'decibel';
const unitOf = (kind: TargetKind): Unit =>
  kind.kind === 'numbers' ? 'error' : kind.kind === 'reconstruction' ? 'decibel' : 'percent';

/** @returns undefined where nothing could be measured */
export async function tryCandidates(
  tryOut: TryOut,
  candidates: readonly Candidate[],
  indices: readonly number[],
  kinds: readonly TargetKind[],
  inputShapes: readonly (readonly number[])[],
): Promise<Verdict | undefined> {
  const [kind] = kinds;
  if (!kind || indices.length === 0 || candidates.length === 0) return undefined;
  const scores = await tryOut(
    candidates.map(({ value, read }) => ({ value, read: (index) => read(index) })),
    indices,
    kinds,
    inputShapes,
  );
  return verdictOf(
    candidates.map(({ value }) => value),
    scores,
    kind,
    indices.length,
  );
}

/** @param n samples that were tried */
export function verdictOf(
  values: readonly string[],
  scores: readonly TrialScore[],
  kind: TargetKind,
  n: number,
): Verdict | undefined {
  const unit = unitOf(kind);
  const measured = values.map((value, at): Measured => {
    const { score, losses } = scores[at] ?? { score: NaN };
    return { value, score, ...(losses ? { losses } : {}), effect: effectOf(score, unit, n) };
  });
  const ranked = measured
    .filter(({ score }) => !Number.isNaN(score))
    .sort((a, b) => b.score - a.score);
  const [top] = ranked;
  if (!top) return undefined;
  const usual = measured[0]!;
  const beats = (one: Measured, other: Measured) => wins(one.score, other.score, unit, n);
  // Of two that differ only in the order of colours, the usual one stands unless the other wins clearly.
  const sibling = ranked.find(({ value }) => value !== top.value && twins(value, top.value));
  const plain = sibling && top.value.endsWith('-bgr') && !beats(top, sibling) ? sibling : top;
  // Among those that are as often right, one whose answers fit the labels better by more than chance.
  const level = ranked.filter((one) => one === plain || !beats(top, one));
  const rivalsOf = (best: Measured) =>
    level.filter(
      ({ value }) =>
        value !== best.value && (best.value.endsWith('-bgr') || !twins(value, best.value)),
    );
  // Larger numbers make answers surer, right or not: as they are does not win over x / max by that.
  const louder = ({ value }: Measured) => value === 'none' && values.some(isCustom);
  const fitting = level.find(
    (one) =>
      !louder(one) &&
      one.losses !== undefined &&
      rivalsOf(one).length > 0 &&
      rivalsOf(one).every((other) => fitsBetter(one.losses, other.losses)),
  );
  const best = fitting ?? plain;
  const above = aboveChance(best.score, kind, n);
  const ties = fitting ? [] : rivalsOf(best).map(({ value }) => value);
  return {
    measured,
    best,
    usual,
    proven: above && ties.length === 0,
    better:
      best !== usual &&
      above &&
      (fitting !== undefined || Number.isNaN(usual.score) || beats(best, usual)),
    byLoss: fitting !== undefined,
    ties,
  };
}

function effectOf(score: number, unit: Unit, n: number): string {
  if (Number.isNaN(score)) return 'not measured';
  if (unit === 'percent') return `${Math.round(score)} % right on ${n}`;
  if (unit === 'decibel') return `${score.toFixed(1)} dB on ${n}`;
  return `mean error ${(-score).toPrecision(3)} on ${n}`;
}

/** Difference that n samples tell from chance: 2.3 standard errors, at least 5 points; a third of an error; 3 dB. */
export function wins(a: number, b: number, unit: Unit, n: number): boolean {
  if (!Number.isFinite(b)) return Number.isFinite(a);
  if (unit === 'decibel') return a - b > 3;
  if (unit === 'error') return -a < 0.67 * -b;
  const share = Math.min(0.95, Math.max(0.05, (a + b) / 200));
  return a - b > Math.max(5, 230 * Math.sqrt((2 * share * (1 - share)) / n));
}

function aboveChance(score: number, kind: TargetKind, n: number): boolean {
  const classes =
    kind.kind === 'classes'
      ? kind.count
      : kind.kind === 'mask'
        ? kind.classes
        : kind.kind === 'binary' || kind.kind === 'multi-label'
          ? 2
          : 0;
  if (classes === 0) return Number.isFinite(score);
  const chance = 1 / classes;
  return score / 100 > chance + 1.6 * Math.sqrt((chance * (1 - chance)) / n);
}

const MOST_CLASSES = 12;
const MOST_RUNS = 1500;

export interface Permutation {
  /** `to[k]`: the output that samples of label k most often excite. */
  readonly to: readonly number[];
  readonly score: number;
}

/**
 * The permutation of classes that fits best, by what the model answers for the samples of each label:
 * greedily from the confusion matrix. The model is run once per sample and class, since a try-out gives
 * only how often a class was right.
 */
export async function bestPermutation(
  tryOut: TryOut,
  read: (index: number) => Promise<Sample>,
  indices: readonly number[],
  kinds: readonly TargetKind[],
  labelOf: (index: number) => Promise<number | undefined>,
  inputShapes: readonly (readonly number[])[],
): Promise<Permutation | undefined> {
  const [kind] = kinds;
  if (kind?.kind !== 'classes' || kind.count > MOST_CLASSES) return undefined;
  const { count } = kind;
  const chosen = indices.slice(0, Math.floor(MOST_RUNS / count));
  const byLabel = Array.from({ length: count }, (): number[] => []);
  for (const index of chosen) {
    const label = await labelOf(index);
    if (label !== undefined) byLabel[label]?.push(index);
  }
  const confusion: number[][] = [];
  for (const members of byLabel) {
    if (members.length === 0) {
      confusion.push(new Array<number>(count).fill(0));
      continue;
    }
    const asked = Array.from({ length: count }, (_, output) => ({
      value: String(output),
      read: async (index: number): Promise<Sample> => {
        const sample = await read(index);
        return { ...sample, targets: [output, ...sample.targets.slice(1)] };
      },
    }));
    const scores = await tryOut(asked, members, kinds, inputShapes);
    confusion.push(scores.map(({ score }) => (score / 100) * members.length));
  }
  const to = new Array<number>(count).fill(-1);
  const cells = confusion
    .flatMap((row, label) => row.map((hits, output) => ({ label, output, hits })))
    .sort((a, b) => b.hits - a.hits);
  const taken = new Set<number>();
  let right = 0;
  for (const { label, output, hits } of cells)
    if (to[label] === -1 && !taken.has(output)) {
      to[label] = output;
      taken.add(output);
      right += hits;
    }
  const total = byLabel.reduce((sum, members) => sum + members.length, 0);
  return { to, score: total === 0 ? 0 : (100 * right) / total };
}
