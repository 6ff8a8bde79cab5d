/** What a model's output says: the most likely class, and whether that can be said at all. */

/** Index of the largest number, the first of equal ones; undefined where any is NaN, or there is none. */
export function mostLikely(values: ArrayLike<number>): number | undefined {
  let best: number | undefined;
  let most = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (Number.isNaN(x)) return undefined;
    if (x > most || best === undefined) {
      most = x;
      best = i;
    }
  }
  return best;
}

/**
 * Place of a class when sorted by likelihood, from 0; of equal ones the lower index comes first, as
 * in `mostLikely`. undefined where any number is NaN or the class doesn't exist.
 */
export function rankOf(values: ArrayLike<number>, index: number): number | undefined {
  const own = values[index];
  if (own === undefined) return undefined;
  let rank = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (Number.isNaN(x)) return undefined;
    if (x > own || (x === own && i < index)) rank++;
  }
  return rank;
}

/** The class that a whole output answers: of several numbers the largest, a single one against the threshold. */
export function answerOf(values: ArrayLike<number>, threshold: number): number | undefined {
  if (values.length !== 1) return mostLikely(values);
  const x = values[0]!;
  return Number.isNaN(x) ? undefined : Number(x > threshold);
}

/** Of a sigmoid 0.5; of a logit 0. */
export const thresholdOf = (ends: 'softmax' | 'sigmoid' | 'linear' | 'other'): number =>
  ends === 'linear' ? 0 : 0.5;

/** Per cent; NaN of nothing. */
export const share = (part: number, whole: number): number =>
  whole === 0 ? NaN : (100 * part) / whole;

/** "Top-5" says something from this many classes on. */
export const CLASSES_FOR_TOP_5 = 11;
