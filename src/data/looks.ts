/**
 * What the model itself says of a value range where no labels do. Conservative: a range is proven only
 * by training statistics that one candidate meets and every other misses; answers that don't react to
 * the samples rule small ranges out, and prove none.
 */
import { rangeWord, twins } from './range';
import type { Look } from './samples';

/** Nats. Nets of known ranges: 0.003 … 0.03 with their own, over 0.25 with any other; 0.15 … 0.6 where the statistics had not settled. */
const MEETS = 0.05;
const MISSES = 0.2;
/** Nats by which two explanations of the statistics are no better than each other. */
const ALIKE = 0.002;
/** Spread of the answers' logarithms over samples: below it a net does not react, above the other it does. */
const STILL = 0.1;
const MOVES = 1;

export interface Told {
  readonly value: string;
  readonly proven: boolean;
  readonly sentence: string;
}

/** @returns undefined where the model says nothing */
export function toldByLooks(values: readonly string[], looks: readonly Look[]): Told | undefined {
  return byStatistics(values, looks) ?? byAnswers(values, looks);
}

function byStatistics(values: readonly string[], looks: readonly Look[]): Told | undefined {
  const measured = looks.flatMap(({ statistics }, at) =>
    statistics && Number.isFinite(statistics.divergence)
      ? [{ value: values[at]!, ...statistics }]
      : [],
  );
  const ranked = [...measured].sort((a, b) => a.divergence - b.divergence);
  const [top] = ranked;
  if (!top || measured.length < 2) return undefined;
  // What a channel gets says little of the order of colours: the usual order stands.
  const best = measured.find(({ value }) => twins(value, top.value))!;
  const second = ranked.find(({ value }) => !twins(value, best.value));
  if (!second || !(best.divergence < MEETS && second.divergence > MISSES)) return undefined;
  // Statistics that had not settled (a few steps of momentum 0.99) meet a range that is not theirs.
  const others = measured.filter(({ value }) => !twins(value, best.value));
  if (others.some((other) => (other.unsettled ?? Infinity) < best.divergence + ALIKE))
    return undefined;
  return {
    value: best.value,
    proven: true,
    sentence: `With ${rangeWord(best.value)} the layer "${best.layer}" gets what it got in training, by the mean and variance that it kept (${listOf(ranked)} nats apart).${values.some((value) => value !== best.value && twins(value, best.value)) ? ' The order of the colours is not told by it; the usual one, RGB, is taken.' : ''}`,
  };
}

/**
 * A sentence where what labelled samples chose is not what the model was trained on by its own statistics:
 * another range is at half the distance, and this one misses.
 */
export function doubtOf(
  value: string,
  values: readonly string[],
  looks: readonly Look[],
): string | undefined {
  const own = looks[values.indexOf(value)]?.statistics;
  const others = values.flatMap((other, at) => {
    const { statistics } = looks[at]!;
    return statistics && !twins(other, value) ? [{ value: other, ...statistics }] : [];
  });
  const [nearest] = others.sort((a, b) => a.divergence - b.divergence);
  if (!own || !nearest || own.divergence < MISSES || nearest.divergence > own.divergence / 2)
    return undefined;
  return `But by the mean and variance that the layer "${own.layer}" kept from training, ${rangeWord(nearest.value)} is nearer (${listOf([nearest, { value, ...own }])} nats apart), so it stays assumed.`;
}

const listOf = (ranked: readonly { readonly value: string; readonly divergence: number }[]) =>
  ranked
    .slice(0, 4)
    .map(({ value, divergence }) => `${rangeWord(value)} ${figure(divergence)}`)
    .join(', ');
const figure = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(2));

function byAnswers(values: readonly string[], looks: readonly Look[]): Told | undefined {
  const spreadOf = (value: string) => looks[values.indexOf(value)]?.spread;
  const small = values.filter(
    (value) => /^(zero|minus-one)-one/.test(value) && spreadOf(value) !== undefined,
  );
  const raw = spreadOf('raw-255');
  if (raw === undefined || small.length === 0 || !(raw > MOVES)) return undefined;
  if (!small.every((value) => spreadOf(value)! < STILL)) return undefined;
  const caffe = spreadOf('caffe');
  const also =
    caffe !== undefined && caffe > MOVES ? ` ${rangeWord('caffe')} would do it as well.` : '';
  return {
    value: 'raw-255',
    proven: false,
    sentence: `With ${small.map(rangeWord).join(', ')} the model answers nearly the same to every sample, with ${rangeWord('raw-255')} it tells them apart: that is assumed.${also}`,
  };
}
