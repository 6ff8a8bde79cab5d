/** Seeded choices, each from its own stream: where a training goes on depends on nothing it has drawn. */

/** mulberry32: the generator of every seeded choice in the project. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A stream of its own for each pair (Knuth's multiplicative hashing). */
export const streamOf = (seed: number, ...parts: readonly number[]): (() => number) =>
  mulberry32(parts.reduce((h, part) => Math.imul(h ^ part, 0x9e3779b1) ^ (h >>> 15), seed + 1));

/** The order of samples in an epoch (Fisher–Yates). */
export function shuffled(count: number, seed: number, epoch: number): Int32Array {
  const next = streamOf(seed, 1, epoch);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
