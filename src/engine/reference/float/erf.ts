/**
 * Complementary error function to about 1e-14 relative: the series of erf (Abramowitz and Stegun
 * 7.1.6) near zero, the continued fraction of erfc (7.1.14) beyond.
 */
const border = 2.5;
const fractionDepth = 60;

export function erfc(x: number): number {
  if (Number.isNaN(x)) return NaN;
  const magnitude = Math.abs(x);
  if (magnitude > 27) return x < 0 ? 2 : 0;
  const square = magnitude * magnitude;
  let result: number;
  if (magnitude < border) {
    let term = magnitude;
    let sum = magnitude;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * square) / (2 * n + 1);
      sum += term;
    }
    result = 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * sum;
  } else {
    let fraction = magnitude;
    for (let n = fractionDepth; n >= 1; n--) fraction = magnitude + n / 2 / fraction;
    result = Math.exp(-square) / (Math.sqrt(Math.PI) * fraction);
  }
  return x < 0 ? 2 - result : result;
}
