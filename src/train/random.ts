/** Seeded choices, each from its own stream: where a training goes on depends on nothing it has drawn. */
import { random, shuffle } from '../numbers/random';

/** A stream of its own for each pair (Knuth's multiplicative hashing). */
export const streamOf = (seed: number, ...parts: readonly number[]): (() => number) =>
  random(parts.reduce((h, part) => Math.imul(h ^ part, 0x9e3779b1) ^ (h >>> 15), seed + 1));

/** The order of samples in an epoch. */
export const shuffled = (count: number, seed: number, epoch: number): Int32Array =>
  shuffle(
    Int32Array.from({ length: count }, (_, i) => i),
    streamOf(seed, 1, epoch),
  );
