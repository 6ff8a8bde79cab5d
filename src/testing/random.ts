/** Seeded randomness of tests: the same cases on every machine and backend. */
import { random as uniform } from '../numbers/random';

export interface Random {
  /** [0, 1) */
  next(): number;
  /** Integer in [low, high]. */
  int(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
  /** Log-uniform in [low, high], a float32. */
  scale(low: number, high: number): number;
  /** int8 over the whole range, with extremes more often than chance gives. */
  int8s(count: number, low?: number, high?: number): Int8Array;
  int32s(count: number, magnitude: number): Int32Array;
  /** Roughly normal float32, times `spread`. */
  floats(count: number, spread?: number): Float32Array;
}

export function random(seed: number): Random {
  const next = uniform(seed);
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    pick: (items) => items[int(0, items.length - 1)]!,
    scale: (low, high) => Math.fround(low * (high / low) ** next()),
    int8s: (count, low = -128, high = 127) =>
      Int8Array.from({ length: count }, () => {
        const draw = next();
        return draw < 0.02 ? low : draw < 0.04 ? high : int(low, high);
      }),
    int32s: (count, magnitude) =>
      Int32Array.from({ length: count }, () => int(-magnitude, magnitude)),
    floats: (count, spread = 1) =>
      Float32Array.from({ length: count }, () => (next() + next() + next() - 1.5) * 2 * spread),
  };
}
