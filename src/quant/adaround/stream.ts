import { random } from '../../numbers/random';

/** Seeded numbers in [0, 1), a stream of its own for each place (Knuth's multiplicative hashing). */
export const streamOf = (seed: number, ...parts: readonly number[]): (() => number) =>
  random(parts.reduce((h, part) => Math.imul(h ^ part, 0x9e3779b1) ^ (h >>> 15), seed + 1));
