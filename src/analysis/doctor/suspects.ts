/** Calibration samples that set the extremes of layers, and which of them are suspicious. */
import type { ExtremesBySample } from '../../quant/sampleRanges';
import type { Stretched } from '../../run/doctor';

/** A quarter wider is a third of a bit: 1.9 dB more noise of rounding in all other samples. */
export const WIDENED = 1.25;
/** Part of the layers in which that is suspicious: of many layers, some have an extreme that stands out in any set. */
export const WIDENED_LAYERS = 1 / 4;
/**
 * Suspicious in a single layer: half a bit by one sample alone, or a whole bit beyond nearly all others (as
 * several of one kind hide each other, none of which widens a range alone). In two sets without
 * a fault (MNIST digits, CIFAR-10) the sample of 200 that mattered most made one range 1.27 times as wide.
 */
export const MARKEDLY = { factor: 1.5, stretch: 2 } as const;
/** Samples that "nearly all" leaves out at either end. */
const beyondAll = (samples: number) => Math.max(1, Math.floor(samples / 40));

export interface SampleOfExtremes {
  /** Position among the calibration samples. */
  readonly position: number;
  readonly suspicious: boolean;
  readonly layers: readonly Stretched[];
  readonly widened: number;
  /** Bits that it costs, added up over layers: by what samples are ordered. */
  readonly bits: number;
}

/** The range always holds 0, as the plan's does. */
const width = (low: number, high: number) => Math.max(high, 0) - Math.min(low, 0);
const over = (a: number, b: number) => (a === b ? 1 : a / Math.max(b, Number.MIN_VALUE));

/** The `count` least of the list with their positions, in order. */
function least(list: Float32Array, count: number, sign: 1 | -1): number[] {
  const found: number[] = [];
  for (let at = 0; at < list.length; at++) {
    let place = found.length;
    while (place > 0 && sign * list[at]! < sign * list[found[place - 1]!]!) place--;
    if (place >= count) continue;
    found.splice(place, 0, at);
    if (found.length > count) found.pop();
  }
  return found;
}

/**
 * Every sample that sets an end of a range, or lies far beyond nearly all others: the one that costs most
 * first. @param layerOf the layer of a value, by its name
 */
export function samplesOfExtremes(
  { samples, low, high }: ExtremesBySample,
  layerOf: (value: string) => string,
): SampleOfExtremes[] {
  const found = new Map<number, { layers: Stretched[]; far: boolean; bits: number }>();
  if (samples < 2) return [];
  for (const [name, lows] of low) {
    const highs = high.get(name)!;
    const count = Math.min(samples, beyondAll(samples) + 1);
    const lowest = least(lows, count, 1);
    const highest = least(highs, count, -1);
    const [min, max] = [lows[lowest[0]!]!, highs[highest[0]!]!];
    const typical = width(lows[lowest.at(-1)!]!, highs[highest.at(-1)!]!);
    for (const position of new Set([...lowest, ...highest])) {
      const [own, other] = [
        { min: lows[position]!, max: highs[position]! },
        {
          min: lows[lowest.find((at) => at !== position)!]!,
          max: highs[highest.find((at) => at !== position)!]!,
        },
      ];
      const sets = { low: own.min === min && min < 0, high: own.max === max && max > 0 };
      const factor = over(width(min, max), width(other.min, other.max));
      const stretch = over(width(Math.min(own.min, 0), Math.max(own.max, 0)), typical);
      const far = stretch >= MARKEDLY.stretch || factor >= MARKEDLY.factor;
      if (!sets.low && !sets.high && !far) continue;
      const one = found.get(position) ?? { layers: [], far: false, bits: 0 };
      found.set(position, one);
      one.far ||= far;
      one.bits += Math.log2(Math.max(factor, far ? stretch : 1));
      one.layers.push({
        layer: layerOf(name),
        ends: sets.low && sets.high ? 'both' : sets.low ? 'low' : 'high',
        ...own,
        range: [min, max],
        without: [other.min, other.max],
        factor,
      });
    }
  }
  return [...found]
    .map(([position, { layers, far, bits }]): SampleOfExtremes => {
      const widened = layers.filter(({ factor }) => factor >= WIDENED).length;
      const sorted = layers.sort((a, b) => b.factor - a.factor);
      const suspicious = far || widened >= Math.max(1, WIDENED_LAYERS * low.size);
      return { position, suspicious, layers: sorted, widened, bits };
    })
    .sort((a, b) => b.bits - a.bits || a.position - b.position);
}
