/** What a run has lost against float, in its score's terms and in dB of its outputs, and whether that could be chance. */
import type { Score } from '../../run/figures';
import type { Figures } from '../../run/types';
import { sqnrThresholds } from '../figures/quality';
import { primaryIndex, scoreChange } from '../score';
import { kindsOfScore } from '../score';
import { mcnemar, pairedBootstrap, SIGNIFICANT } from '../significance';

export interface Loss {
  readonly primary: Score | undefined;
  /** Of the primary score, in its unit, ≥ 0: what other layers' prices are parts of. Of likeness: nothing. */
  readonly score: number;
  /** More than other samples could turn round. */
  readonly significant: boolean;
  /** By output, in the model's order. */
  readonly outputs: readonly {
    readonly name: string;
    readonly sqnr: number;
    /** dB below what rounding to eight bits leaves of a tensor. */
    readonly deficit: number;
  }[];
  /** Of the output that has lost most, dB. */
  readonly worst: number;
  /** Something is to be repaired, or might be. */
  readonly any: boolean;
  /** How much that is, to order by: points of the score, and dB that the worst output lacks. */
  readonly size: number;
}

/** An answer that differs is no mistake yet: agreement is judged more mildly than accuracy. */
const AGREEMENT_POINTS = 2;
/** A tenth of the signal's amplitude is error: some twenty layers in eight bits come to as much without a fault. */
export const LOST_DB = 20;
/** Halfway from good to bad: where the list of figures begins to mark a tensor. */
export const MARKED_DB = (sqnrThresholds.good + sqnrThresholds.bad) / 2;

export function lossOf(figures: Figures, synthetic: boolean): Loss {
  const { whole, float, evidence, likeness } = figures;
  const at = primaryIndex(whole.scores);
  const primary = whole.scores[at];
  const before = float.scores[at];
  const named = Object.entries(evidence?.outputs ?? {});
  const found = named.length > 0 ? named : likeness.flatMap(likenessOf);
  const outputs = found.map(([name, { sqnr }]) => ({
    ...{ name, sqnr },
    deficit: Math.max(0, sqnrThresholds.good - sqnr),
  }));
  const worst = outputs.reduce((least, { sqnr }) => Math.min(least, sqnr), Infinity);
  const score = primary && before ? lostOf(primary, before) : 0;
  const significant =
    primary !== undefined && !synthetic && isSignificant(figures, at, primary, score);
  const bySqnr = worst < LOST_DB;
  const size =
    (significant ? relative(primary, before, score) : 0) + Math.max(0, MARKED_DB - worst);
  return { primary, score, significant, outputs, worst, any: significant || bySqnr, size };
}

function likenessOf({ output, kind, value, more }: Score): [string, { sqnr: number }][] {
  const sqnr = kind === 'likeness' ? value : more.find(({ label }) => label === 'SQNR')?.value;
  return sqnr === undefined ? [] : [[output, { sqnr }]];
}

function lostOf(score: Score, float: Score): number {
  if (score.kind === 'likeness') return 0;
  const change = scoreChange(score, float);
  return Math.max(0, score.better === 'higher' ? -change : change);
}

/** In points, or per cent of float's own error. */
function relative(score: Score | undefined, float: Score | undefined, lost: number): number {
  if (!score || score.unit === '%') return lost;
  return (100 * lost) / Math.max(Math.abs(float?.value ?? 0), 1e-12);
}

function isSignificant(
  { floatSamples, samples }: Figures,
  at: number,
  { kind, value }: Score,
  lost: number,
): boolean {
  if (kind === 'agreement') return value < 100 - AGREEMENT_POINTS && lost > 0;
  if (kindsOfScore[kind].toFloat || !floatSamples || lost <= 0) return false;
  const answers = mcnemar(floatSamples, samples, at);
  if (answers.samples > 0) return answers.worse > answers.better && answers.p < SIGNIFICANT;
  return pairedBootstrap(floatSamples, samples, at).low > 0;
}
