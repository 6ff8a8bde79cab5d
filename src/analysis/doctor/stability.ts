/** How far ranges of one part of the calibration samples are from those of another. */
import type { ExtremesBySample } from '../../quant/sampleRanges';
import type { Stats } from '../../quant/types';
import type { Halves } from '../../run/doctor';
import { random, shuffle } from '../../numbers/random';

/** Draws of each number of samples. */
const DRAWS = 5;

const hull = (min: number, max: number): readonly [number, number] => [
  Math.min(min, 0),
  Math.max(max, 0),
];

/** How far two ranges are apart at both ends together, as a part of the wider one; 0 … 1, and above where they hardly meet. */
export function rangeDifference(
  a: Pick<Stats['values'][string], 'min' | 'max'>,
  b: Pick<Stats['values'][string], 'min' | 'max'>,
): number {
  const [[low, high], [other, top]] = [hull(a.min, a.max), hull(b.min, b.max)];
  const wider = Math.max(high - low, top - other);
  return wider === 0 ? 0 : (Math.abs(low - other) + Math.abs(high - top)) / wider;
}

/** Two sets of ranges, layer by layer. @param names of the values that calibration decides */
export function halvesOf(
  [a, b]: readonly [Stats, Stats],
  names: readonly string[],
  layerOf: (value: string) => string,
): Omit<Halves, 'outcomes'> {
  const all = names
    .map((name) => ({
      layer: layerOf(name),
      difference: rangeDifference(a.values[name]!, b.values[name]!),
    }))
    .sort((one, other) => one.difference - other.difference);
  const worst = all.at(-1);
  return {
    samples: [a.samples, b.samples],
    median: all[Math.floor(all.length / 2)]?.difference ?? 0,
    ...(worst ? { worst } : {}),
  };
}

/** 1, 2, 5, 10, 20, 50 … below `count`, and `count` itself. */
export function curveCounts(count: number): number[] {
  const counts: number[] = [];
  for (let power = 1; power < count; power *= 10)
    for (const step of [1, 2, 5]) if (step * power < count) counts.push(step * power);
  return count > 0 ? [...counts, count] : [];
}

export interface Draws {
  readonly samples: number;
  /** Positions, in the samples' order. */
  readonly draws: readonly (readonly number[])[];
}

/** Seeded draws of growing numbers of samples; each is the beginning of one order of all. */
export function drawsOf(positions: readonly number[], seed: number): readonly Draws[] {
  const next = random(seed);
  const orders = Array.from({ length: DRAWS }, () => shuffle([...positions], next));
  return curveCounts(positions.length).map((samples) => ({
    samples,
    draws: (samples === positions.length ? orders.slice(0, 1) : orders).map((order) =>
      order.slice(0, samples).sort((a, b) => a - b),
    ),
  }));
}

/** Part of the range of `all` that draws leave uncovered: mean over values and draws. */
export function uncovered(
  { low, high }: ExtremesBySample,
  all: readonly number[],
  draws: readonly (readonly number[])[],
): number {
  let sum = 0;
  let count = 0;
  const width = (name: string, members: readonly number[]) => {
    const [lows, highs] = [low.get(name)!, high.get(name)!];
    let [min, max] = [0, 0];
    for (const member of members) {
      min = Math.min(min, lows[member]!);
      max = Math.max(max, highs[member]!);
    }
    return max - min;
  };
  for (const name of low.keys()) {
    const whole = width(name, all);
    if (whole === 0) continue;
    for (const draw of draws) {
      sum += 1 - width(name, draw) / whole;
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}
