/** Roundings that quantized arithmetic distinguishes. JavaScript's Math.round is neither of them. */

/** To the nearest integer, ties away from zero: C's `round`, TFLite's `TfLiteRound`. */
export function roundHalfAwayFromZero(x: number): number {
  const magnitude = Math.abs(x);
  const whole = Math.floor(magnitude);
  const rounded = magnitude - whole >= 0.5 ? whole + 1 : whole;
  return x < 0 ? -rounded : rounded;
}

/** To the nearest integer, ties to even: C's `lrintf`/`nearbyint` in the default mode, wasm `nearest`. */
export function roundHalfEven(x: number): number {
  const whole = Math.floor(x);
  const rest = x - whole;
  if (rest < 0.5) return whole;
  if (rest > 0.5) return whole + 1;
  return whole % 2 === 0 ? whole : whole + 1;
}

export function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}
