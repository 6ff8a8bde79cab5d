/**
 * Largest difference relative to the largest finite magnitude of what is expected; Infinity where
 * NaN, infinities or lengths differ.
 */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let magnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) magnitude = Math.max(magnitude, Math.abs(expected[i]!));
  }
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Object.is(actual[i], expected[i]) || actual[i] === expected[i]) continue;
    const error = Math.abs(actual[i]! - expected[i]!) / (magnitude || 1);
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  }
  return worst;
}
