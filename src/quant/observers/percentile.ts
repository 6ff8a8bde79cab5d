import type { TunedObserver } from './observer';

/**
 * Keeps this per cent of the values: half of the rest is cut from either end. 99.99 is the middle of
 * the percentiles that arXiv 2004.09602 §5 compares (99.9, 99.99, 99.999, 99.9999).
 */
export const percentile: TunedObserver<'percentile', 'percentile'> = {
  id: 'percentile',
  label: 'Percentile',
  parameter: {
    name: 'percentile',
    label: 'Percentile, %',
    default: 99.99,
    min: 50.01,
    max: 100,
    step: 0.01,
    needs: 'a number above 50 and up to 100',
    accepts: (percent) => percent > 50 && percent <= 100,
  },
  describe: (percent) => `${percent} percentile`,
  create(percent) {
    const tail = (100 - percent) / 200;
    return {
      needsHistogram: true,
      add: () => undefined,
      range: (seen) => ({ min: seen.quantile(tail), max: seen.quantile(1 - tail) }),
    };
  },
};
