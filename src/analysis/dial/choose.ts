/** Of all mixtures that were measured, the one that a budget asks for; and what it is, in words. */
import type { Budget, Dial, DialChoice, DialPoint } from '../../run/dial';
import type { Score } from '../../run/figures';
import { number } from '../format';
import { budgetText, coarseness, heldLoss, keeps, type FloatThere } from './budget';
import { bestOf, isBetter, isWorse } from './quality';

type Ground = Pick<Dial, 'points' | 'float' | 'on' | 'samples'>;

/** undefined before the first point. */
export function choose(budget: Budget, dial: Ground): DialChoice | undefined {
  const { points, float } = dial;
  const kept = points.filter((point) => keeps(budget, point, float));
  const best = kept.length > 0 ? bestKept(budget, kept) : nearest(budget, points, float);
  if (!best) return undefined;
  const met = kept.length > 0;
  const sentence = sentenceOf(budget, best, met, dial);
  return { budget, point: points.indexOf(best), met, sentence };
}

/** The least by these figures in turn; of equal ones the better. */
function least(
  points: readonly DialPoint[],
  ...by: readonly ((point: DialPoint) => number)[]
): DialPoint | undefined {
  const first = (a: DialPoint, b: DialPoint) => {
    for (const figure of by) {
      const difference = figure(a) - figure(b);
      if (difference !== 0 && !Number.isNaN(difference)) return difference < 0;
    }
    return isBetter(a, b);
  };
  return points.reduce<DialPoint | undefined>(
    (best, point) => (best === undefined || first(point, best) ? point : best),
    undefined,
  );
}

const share = ({ highShare }: DialPoint) => highShare;
const size = ({ bytes }: DialPoint) => bytes;
const raised = ({ high }: DialPoint) => high.length;

/** A file that is larger by less is as small: what it keeps of the answers counts then. */
const SAME_SIZE = 1.01;

function bestKept(budget: Budget, kept: readonly DialPoint[]): DialPoint | undefined {
  switch (budget.kind) {
    case 'accuracy':
    case 'sqnr': {
      if (budget.prefer === 'fastest') return least(kept, share, raised, size);
      const smallest = Math.min(...kept.map(size));
      const alike = kept.filter((one) => size(one) <= SAME_SIZE * smallest);
      return bestOf(alike.sort((a, b) => size(a) - size(b)));
    }
    case 'size': {
      // Bytes are what is scarce: above 8 bit only where the answers gain more than chance.
      const best = bestOf(kept)!;
      const alike = kept.filter(({ answers }) => !isWorse(best.answers, answers));
      const fewest = Math.min(...alike.map(share));
      return bestOf(alike.filter((one) => share(one) === fewest));
    }
    case 'high':
      return bestOf([...kept].sort((a, b) => share(a) - share(b) || raised(a) - raised(b)));
    default:
      return budget satisfies never;
  }
}

function nearest(
  budget: Budget,
  points: readonly DialPoint[],
  float: FloatThere,
): DialPoint | undefined {
  switch (budget.kind) {
    case 'accuracy':
      return least(points, (point) => heldLoss(budget, point, float));
    case 'sqnr':
      return least(points, ({ sqnr }) => (Number.isNaN(sqnr) ? Infinity : -sqnr));
    case 'size':
      return least(points, size);
    case 'high':
      return least(points, share, raised);
    default:
      return budget satisfies never;
  }
}

const grouped = (value: number) => value.toLocaleString('en-US');
const percent = (part: number) => `${number(100 * part)} %`;
const withUnit = (value: number, unit: Score['unit']) =>
  unit === '%' ? `${value.toFixed(2)} %` : `${number(value, 4)}${unit && ` ${unit}`}`;

/** "selection", "calibration (there are no selection ones)": what the samples are that chose. */
export function samplesText({ on, samples }: Pick<Dial, 'on' | 'samples'>): string {
  switch (on) {
    case 'selection':
      return `${grouped(samples)} selection samples`;
    case 'calibration':
      return `${grouped(samples)} calibration samples (there are no selection samples)`;
    case 'both':
      return `${grouped(samples)} samples of selection and calibration (there are too few for selection alone)`;
    default:
      return on satisfies never;
  }
}

const NAMED = 6;
/** "conv1, conv2 and 4 others" */
export function layersText(ids: readonly string[], most = NAMED): string {
  if (ids.length <= most) return ids.join(', ');
  return `${ids.slice(0, most - 1).join(', ')} and ${ids.length - most + 1} others`;
}

/** "3 layers above 8 bit (12.4 % of the MACs): a, b, c; 2 with int4 weights: d, e" */
export function mixText({
  high,
  low,
  highShare,
}: Pick<DialPoint, 'high' | 'low' | 'highShare'>): string {
  const count = (ids: readonly string[]) =>
    `${ids.length} ${ids.length === 1 ? 'layer' : 'layers'}`;
  const parts = [
    ...(high.length > 0
      ? [`${count(high)} above 8 bit (${percent(highShare)} of the MACs): ${layersText(high)}`]
      : []),
    ...(low.length > 0 ? [`${count(low)} with int4 weights: ${layersText(low)}`] : []),
  ];
  return parts.length > 0 ? parts.join('; ') : 'every layer int8';
}

/** "accuracy 96.90 % (float 97.10 %), SQNR 32.1 dB, 301,234 bytes" */
export function pointText({ score, sqnr, bytes }: DialPoint, float: Score): string {
  const own =
    score.kind === 'likeness'
      ? []
      : [
          `${score.label} ${withUnit(score.value, score.unit)} (float ${withUnit(float.value, float.unit)})`,
        ];
  return [...own, `output SQNR ${number(sqnr)} dB`, `${grouped(bytes)} bytes`].join(', ');
}

function sentenceOf(budget: Budget, point: DialPoint, met: boolean, dial: Ground): string {
  const { score } = dial.float;
  const what = `${mixText(point)}. On ${samplesText(dial)}: ${pointText(point, score)}.`;
  const coarse = coarseText(budget, score);
  const border = point.border ? ` The model’s border becomes ${point.border}.` : '';
  if (met) return `Keeps ${budgetText(budget, score.unit)}: ${what}${coarse}${border}`;
  return `Nothing that was measured keeps ${budgetText(budget, score.unit)}; the nearest ${far(budget, point, dial.float)}: ${what}${coarse}${border}`;
}

/** How far the point is from the budget. */
function far(budget: Budget, point: DialPoint, float: FloatThere): string {
  switch (budget.kind) {
    case 'accuracy': {
      const loss = heldLoss(budget, point, float);
      if (!Number.isFinite(loss)) return 'gives no number at all';
      const unit = float.score.unit === '%' ? ' points' : '';
      return `is ${number(loss)}${unit} worse, ${number(loss - budget.points)}${unit} too much`;
    }
    case 'sqnr':
      return Number.isNaN(point.sqnr)
        ? 'gives no number at all'
        : `has ${number(point.sqnr)} dB, ${number(budget.dB - point.sqnr)} dB too few`;
    case 'size':
      return `has ${grouped(point.bytes)} bytes, ${grouped(point.bytes - budget.bytes)} too many`;
    case 'high':
      return `has ${percent(point.highShare)} above 8 bit, ${percent(point.highShare - budget.share)} too many`;
    default:
      return budget satisfies never;
  }
}

/** Where one answer weighs more than the whole budget. */
function coarseText(budget: Budget, score: Score): string {
  const one = budget.kind === 'accuracy' ? coarseness(budget, score) : undefined;
  return one === undefined
    ? ''
    : ` One answer weighs ${number(one)} points there, more than the budget, so every answer counts that float has right and the mixture has not; more samples would tell better.`;
}
