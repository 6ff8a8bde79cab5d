/**
 * Candidates compared on the same samples: where as many are right with each, what the answers cost
 * may still tell them apart. A paired t statistic over the samples' losses.
 */

/** Standard errors by which one must be better: asked again at 16, 32, 64 and 100 samples. */
const CLEARLY = 4;
/** Of a mean loss that differs by less nothing is concluded, however sure it is. */
const LEAST_SHARE = 0.05;

/** Mean of `b − a` over its standard error; 0 where nothing differs or nothing was measured. */
export function pairedT(a: Float64Array, b: Float64Array): number {
  const differences: number[] = [];
  a.forEach((loss, at) => {
    const difference = b[at]! - loss;
    if (Number.isFinite(difference)) differences.push(difference);
  });
  const n = differences.length;
  if (n < 2) return 0;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return variance === 0 ? 0 : mean / Math.sqrt(variance / n);
}

const meanOf = (losses: Float64Array) => {
  const known = losses.filter(Number.isFinite);
  return known.reduce((sum, loss) => sum + loss, 0) / Math.max(1, known.length);
};

/** Whether the first fits the labels better than the second by more than chance. */
export function fitsBetter(a: Float64Array | undefined, b: Float64Array | undefined): boolean {
  if (!a || !b) return false;
  return meanOf(a) < (1 - LEAST_SHARE) * meanOf(b) && pairedT(a, b) > CLEARLY;
}
