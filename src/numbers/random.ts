/** mulberry32: uniform numbers in [0, 1) from a 32-bit seed; the generator of every seeded choice. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Puts `order` in a random order, in place (Fisher–Yates). */
export function shuffle<T extends number[] | Int32Array>(order: T, next: () => number): T {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** 0 … count − 1 in a seeded order. */
export const shuffled = (count: number, seed: number): number[] =>
  shuffle(
    Array.from({ length: count }, (_, index) => index),
    random(seed),
  );
