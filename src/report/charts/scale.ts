/** Where a number stands on an axis, and which numbers the axis is labelled with. */

export interface Axis {
  readonly low: number;
  readonly high: number;
}

/** Sizes, times and energies begin at nought; a scale of nothing is one wide. */
export function axisOf(range: readonly [number, number] | undefined, fromZero: boolean): Axis {
  if (!range) return { low: 0, high: 1 };
  const low = fromZero ? Math.min(0, range[0]) : range[0];
  const high = fromZero ? Math.max(0, range[1]) : range[1];
  if (low === high) return { low: low - 0.5, high: high + 0.5 };
  return { low, high };
}

/** 0 … 1; beyond the axis at its ends, infinite numbers too. */
export function place({ low, high }: Axis, value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

/** Round numbers within the axis, `most` or fewer: steps of 1, 2 or 5. */
export function ticksOf({ low, high }: Axis, most: number): readonly number[] {
  const raw = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= raw) ?? raw;
  const ticks: number[] = [];
  for (let at = Math.ceil(low / step); at * step <= high + step * 1e-9; at++) ticks.push(at * step);
  return ticks;
}
