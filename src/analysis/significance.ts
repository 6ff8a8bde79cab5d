/**
 * Two runs on the same samples: is the difference more than chance? McNemar's exact test of right and
 * wrong answers, and a paired bootstrap of errors. Samples are matched by key, whatever their order.
 */
import { random } from '../numbers/random';
import type { SampleAnswer, SampleFigures } from '../run/types';

/** A p-value below it is called more than chance. */
export const SIGNIFICANT = 0.05;

export interface AnswersCompared {
  /** Samples that both runs judged. */
  readonly samples: number;
  /** Answers that aren't the same; where runs keep no answers, as `better + worse`. */
  readonly differ: number;
  /** Right in `b` and wrong in `a`; `worse`: the reverse; `same`: right in both, or wrong in both. */
  readonly better: number;
  readonly worse: number;
  readonly same: number;
  /** Two-sided, exact; 1 where nothing got better or worse. */
  readonly p: number;
  /** "17 of 2,000 answers differ; 12 better, 5 worse: could be chance (p = 0.14)." */
  readonly sentence: string;
}

/**
 * What run `b` does to the answers of run `a` at one scored output. McNemar 1947, in the exact form:
 * of `better + worse` samples each is as likely either way, so the smaller count follows a binomial
 * of one half.
 */
export function mcnemar(
  a: readonly SampleFigures[],
  b: readonly SampleFigures[],
  output: number,
): AnswersCompared {
  let samples = 0;
  let differ = 0;
  let better = 0;
  let worse = 0;
  for (const [before, after] of paired(a, b, output)) {
    if (before.correct === undefined || after.correct === undefined) continue;
    samples++;
    if (before.correct !== after.correct || before.answer !== after.answer) differ++;
    if (after.correct && !before.correct) better++;
    if (before.correct && !after.correct) worse++;
  }
  const p = twoSided(better, worse);
  const counts = `${grouped(better)} better, ${grouped(worse)} worse`;
  const verdict =
    samples === 0
      ? 'No sample was judged in both runs.'
      : differ === 0
        ? `All ${grouped(samples)} answers are the same.`
        : `${grouped(differ)} of ${grouped(samples)} answers differ; ${counts}: ${chance(p)}.`;
  return { samples, differ, better, worse, same: samples - better - worse, p, sentence: verdict };
}

/** P(as uneven or more | one half each), from both sides; in logarithms, so that large counts don't overflow. */
function twoSided(better: number, worse: number): number {
  const n = better + worse;
  const most = Math.min(better, worse);
  if (2 * most === n) return 1;
  let term = n * Math.log(0.5); // log of C(n, 0) / 2^n
  let sum = Math.exp(term);
  for (let k = 1; k <= most; k++) {
    term += Math.log((n - k + 1) / k);
    sum += Math.exp(term);
  }
  return Math.min(1, 2 * sum);
}

export interface ErrorsCompared {
  readonly samples: number;
  /** Mean error of each run. */
  readonly a: number;
  readonly b: number;
  /** `b − a`: below zero is better. */
  readonly difference: number;
  /** 95 % of the resamples lie between them. */
  readonly low: number;
  readonly high: number;
  /** "Mean error −0.012 (95 %: −0.02 … −0.004) on 200 samples: more than chance." */
  readonly sentence: string;
}

/**
 * Paired bootstrap of the mean error (Efron & Tibshirani 1993, percentile interval): samples are drawn
 * with replacement, each with both runs' errors. Errors that are no numbers are left out with their pair.
 */
export function pairedBootstrap(
  a: readonly SampleFigures[],
  b: readonly SampleFigures[],
  output: number,
  { seed = 1, resamples = 2000 } = {},
): ErrorsCompared {
  const changes: number[] = [];
  let [before, after] = [0, 0];
  for (const [one, other] of paired(a, b, output)) {
    if (!Number.isFinite(one.error) || !Number.isFinite(other.error)) continue;
    before += one.error!;
    after += other.error!;
    changes.push(other.error! - one.error!);
  }
  const samples = changes.length;
  const difference = mean(changes);
  const next = random(seed);
  const means = Array.from({ length: samples === 0 ? 0 : resamples }, () => {
    let sum = 0;
    for (let i = 0; i < samples; i++) sum += changes[Math.floor(next() * samples)]!;
    return sum / samples;
  }).sort((x, y) => x - y);
  const [low, high] = [quantile(means, 0.025), quantile(means, 0.975)];
  const verdict = low > 0 || high < 0 ? 'more than chance' : 'could be chance';
  return {
    samples,
    a: before / samples,
    b: after / samples,
    difference,
    low,
    high,
    sentence:
      samples === 0
        ? 'No sample was judged in both runs.'
        : `Mean error ${signed(difference)} (95 %: ${signed(low)} … ${signed(high)}) on ${grouped(samples)} samples: ${verdict}.`,
  };
}

/** Answers of both runs to the samples that both have, at one output. */
function paired(
  a: readonly SampleFigures[],
  b: readonly SampleFigures[],
  output: number,
): readonly (readonly [SampleAnswer, SampleAnswer])[] {
  // Samples of equal content have one key: they are matched one by one.
  const byKey = new Map<string, SampleFigures[]>();
  for (const sample of a) {
    const same = byKey.get(sample.key);
    if (same) same.push(sample);
    else byKey.set(sample.key, [sample]);
  }
  return b.flatMap(({ key, outputs }) => {
    const before = byKey.get(key)?.shift()?.outputs[output];
    const after = outputs[output];
    return before && after ? [[before, after] as const] : [];
  });
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Linear between the nearest two, as NumPy's percentile; NaN of nothing. */
function quantile(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const low = Math.floor(at);
  const [x, y] = [sorted[low] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return x + (at - low) * (y - x);
}

function chance(p: number): string {
  const value = p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`;
  return p < SIGNIFICANT ? `more than chance (${value})` : `could be chance (${value})`;
}

const grouped = (value: number) => value.toLocaleString('en-US');
const signed = (value: number) =>
  (value > 0 ? '+' : '') + String(Number(value.toPrecision(3))).replace('-', '−');
