import type { Observer } from './observer';

/** Keeps `percentile` per cent of the values: half of the rest is cut from either end. */
export function percentile(percent: number): Observer {
  const tail = (100 - percent) / 200;
  return {
    needsQuantiles: true,
    add: () => undefined,
    range: (seen) => ({ min: seen.quantile(tail), max: seen.quantile(1 - tail) }),
  };
}
