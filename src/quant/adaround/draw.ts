/** Seeded choices of AdaRound: which rows a step takes, where a search begins. */
import { random, shuffle } from '../../numbers/random';

/** Numbers in [0, 1), a stream of its own for each place (Knuth's multiplicative hashing). */
export const streamOf = (seed: number, ...parts: readonly number[]): (() => number) =>
  random(parts.reduce((h, part) => Math.imul(h ^ part, 0x9e3779b1) ^ (h >>> 15), seed + 1));

/** Fills `into` with the next of 0 … count − 1, which come in a new order whenever all had their turn. */
export function turns(count: number, seed: number): (into: Int32Array) => void {
  const draw = streamOf(seed, 1);
  const order = Int32Array.from({ length: count }, (_, i) => i);
  let next = count;
  return (into) => {
    for (let i = 0; i < into.length; i++) {
      if (next === count) {
        shuffle(order, draw);
        next = 0;
      }
      into[i] = order[next++]!;
    }
  };
}

/** A step's seed of masks, and how many of 2³² draws take the quantized number. */
export const maskOf = (seed: number, step: number, chance: number) => ({
  seed: Math.floor(streamOf(seed, 2, step)() * 2 ** 32) | 0,
  below: Math.floor(chance * 2 ** 32) | 0,
});
