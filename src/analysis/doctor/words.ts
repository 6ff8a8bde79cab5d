/** What the doctor found, in sentences: the one wording of page and shell. */
import { figureText } from '../figures/text';
import { number } from '../format';
import type { Doctor, Halves, Suspect } from '../../run/doctor';
import type { Outcome } from '../../run/outcome';
import type { Score } from '../../run/figures';

/** "98.4 %", "33.1 dB", "0.213" */
export const scoreText = ({ value, unit }: Pick<Score, 'value' | 'unit'>): string =>
  unit === '' ? number(value) : figureText({ unit }, value);

const decibels = (value: number) => figureText({ unit: 'dB' }, value);

/** "accuracy 41.4 % → 98.4 %, output SQNR 4.2 dB → 33.1 dB" */
export function outcomeText(before: Outcome | undefined, after: Outcome): string {
  const pair = (name: string, from: string | undefined, to: string) =>
    `${name} ${from === undefined ? '' : `${from} → `}${to}`;
  const { score, outputs } = after;
  const several = outputs.length > 1;
  const sqnr = outputs.map(({ name, sqnr: value }, at) =>
    pair(
      several ? `SQNR of “${name}”` : 'output SQNR',
      before && decibels(before.outputs[at]!.sqnr),
      decibels(value),
    ),
  );
  const own =
    score.kind === 'likeness'
      ? []
      : [pair(score.label, before && scoreText(before.score), scoreText(score))];
  return [...own, ...sqnr].join(', ');
}

const layersOf = (count: number, all: number) => `${count} of ${all} layer${all === 1 ? '' : 's'}`;

/** Where it sets ranges, and how much wider it makes them. */
export function stretchText({ layers, widened }: Suspect, all: number): string {
  const [worst] = layers;
  if (!worst) return '';
  const { layer, range, without, factor } = worst;
  const sets = `Sets an end of the range in ${layersOf(layers.length, all)}`;
  if (factor <= 1.005)
    return `${sets}; another sample reaches as far in each, so that leaving out this one alone changes nothing.`;
  const span = ([low, high]: readonly [number, number]) => `${number(low)} … ${number(high)}`;
  const wide = widened > 0 ? `, and makes ${widened} wider by a quarter or more` : '';
  return `${sets}${wide}; most in ${layer}: ${span(without)} without it, ${span(range)} with it (×${number(factor)}).`;
}

export function suspectText({ all, layers }: Doctor, suspect: Suspect): string {
  const without = suspect.outcome && `Without it: ${outcomeText(all, suspect.outcome)}.`;
  return [stretchText(suspect, layers), without].filter(Boolean).join(' ');
}

/** The first sentence: is there something suspicious? */
export function verdictText({ suspects, samples, layers }: Doctor): string {
  const count = suspects.filter(({ suspicious }) => suspicious).length;
  if (count === 0)
    return `No calibration sample stands out: none of the ${samples} makes the ranges of ${layers} layers and inputs markedly wider by itself.`;
  return `${count === 1 ? 'One calibration sample stands out' : `${count} calibration samples stand out`} among ${samples}: look at ${count === 1 ? 'it' : 'them'} before you leave ${count === 1 ? 'it' : 'them'} out. An extreme sample can be a good one, and evaluation may hold others like it.`;
}

export const togetherText = ({ all, together }: Doctor): string | undefined =>
  together && `Without all ${together.keys.length}: ${outcomeText(all, together.outcome)}.`;

const percent = (part: number) => `${number(100 * part, 2)} %`;

export function halvesText({ samples: [a, b], median, worst, outcomes }: Halves): string {
  const most = worst ? `, at most ${percent(worst.difference)} (${worst.layer})` : '';
  const two = outcomes
    ? ` Calibrated by the one: ${outcomeText(undefined, outcomes[0])}; by the other: ${outcomeText(undefined, outcomes[1])}.`
    : '';
  return `Ranges of two halves (${a} and ${b} samples) differ by ${percent(median)} in the middle layer${most}.${two}`;
}

export function enoughText({ enough, curve, tolerance }: Doctor): string {
  const all = curve.at(-1)?.samples ?? 0;
  return enough === undefined
    ? `Even the last of ${all} samples changed something: more samples may still help.`
    : `${enough === 1 ? 'One sample is' : `${enough} samples are`} enough: from there on the output’s SQNR is at most ${number(tolerance, 2)} dB below that of all ${all}.`;
}

/** "128 selection samples; the evaluation samples are not looked at" as a sentence. */
export const measuredText = ({ measured }: Pick<Doctor, 'measured'>): string =>
  `Scores here are of ${measured.sentence}.`;
