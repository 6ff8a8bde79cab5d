/** Seeded randomness of the suite: the same cases on every machine and backend. */

export interface Random {
  /** [0, 1) */
  next(): number;
  /** Integer in [low, high]. */
  int(low: number, high: number): number;
  /** Log-uniform in [low, high], a float32. */
  scale(low: number, high: number): number;
  /** int8 over the whole range, with extremes more often than chance gives. */
  int8s(count: number, low?: number, high?: number): Int8Array;
  int32s(count: number, magnitude: number): Int32Array;
  /** Roughly normal float32, times `spread`. */
  floats(count: number, spread?: number): Float32Array;
}

/** mulberry32 */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
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

/** Output scale that puts most accumulators inside int8. */
export function outputScale(rng: Random, input: number, weight: number, depth: number): number {
  return Math.fround(input * weight * Math.sqrt(depth) * rng.scale(20, 120));
}
