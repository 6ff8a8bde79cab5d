/** Elements that differ (−0 and 0 don't, NaN equals NaN); all of them where the lengths do. */
export function unlike(actual: ArrayLike<unknown>, expected: ArrayLike<unknown>): number {
  if (actual.length !== expected.length) return Math.max(actual.length, expected.length);
  let count = 0;
  for (let i = 0; i < expected.length; i++) {
    if (actual[i] !== expected[i] && !Object.is(actual[i], expected[i])) count++;
  }
  return count;
}
