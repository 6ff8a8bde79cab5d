/** Calibration samples that set the extremes of layers, and which of them are suspicious. */
import type { ExtremesBySample } from '../../quant/sampleRanges';
import type { Stretched } from '../../run/doctor';

/** A quarter wider is a third of a bit: 1.9 dB more noise of rounding in all other samples. */
export const WIDENED = 1.25;
/**
 * Beyond the range of nearly all samples by this factor: as several of one kind hide each other, none of
 * which widens a range alone. A whole bit, which natural samples seldom reach in a layer's extremes.
 */
export const FAR_BEYOND = 2;
/**
 * Part of the layers in which a sample must widen the range, or lie far beyond: of many layers, some have
 * an extreme that stands out in any set.
 */
export const LAYERS = { widened: 1 / 4, far: 1 / 10 } as const;
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
  const found = new Map<number, { layers: Stretched[]; far: number; bits: number }>();
  if (samples < 2) return [];
  const enough = (layers: number, part: number) => layers >= Math.max(1, part * low.size);
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
      const far = stretch >= FAR_BEYOND;
      if (!sets.low && !sets.high && !far) continue;
      const one = found.get(position) ?? { layers: [], far: 0, bits: 0 };
      found.set(position, one);
      if (far) one.far++;
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
      const suspicious = enough(far, LAYERS.far) || enough(widened, LAYERS.widened);
      return { position, suspicious, layers: sorted, widened, bits };
    })
    .sort((a, b) => b.bits - a.bits || a.position - b.position);
}
