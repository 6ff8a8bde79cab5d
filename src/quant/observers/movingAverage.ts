import type { Observer } from './observer';

/** Exponential moving average of each sample's extremes, started at the first (arXiv 1712.05877 §3.1). */
export function movingAverage(decay: number): Observer {
  let min: number | undefined;
  let max: number | undefined;
  return {
    needsQuantiles: false,
    add(sample) {
      min = min === undefined ? sample.min : decay * min + (1 - decay) * sample.min;
      max = max === undefined ? sample.max : decay * max + (1 - decay) * sample.max;
    },
    range: ({ seenMin, seenMax }) => ({ min: min ?? seenMin, max: max ?? seenMax }),
  };
}
