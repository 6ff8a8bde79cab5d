import type { TunedObserver } from './observer';

/**
 * Exponential moving average of each sample's extremes, started at the first (arXiv 1712.05877 §3.1).
 * 0.9: the paper asks for a decay close to 1 over thousands of training steps; calibration has hundreds of samples.
 */
export const movingAverage: TunedObserver<'moving-average', 'decay'> = {
  id: 'moving-average',
  label: 'Moving average',
  parameter: {
    name: 'decay',
    label: 'Decay',
    default: 0.9,
    min: 0.0001,
    max: 0.9999,
    step: 0.01,
    needs: 'a decay between 0 and 1',
    accepts: (decay) => decay > 0 && decay < 1,
  },
  describe: (decay) => `moving average (decay ${decay})`,
  create(decay) {
    let min: number | undefined;
    let max: number | undefined;
    return {
      needsHistogram: false,
      add(sample) {
        min = min === undefined ? sample.min : decay * min + (1 - decay) * sample.min;
        max = max === undefined ? sample.max : decay * max + (1 - decay) * sample.max;
      },
      range: ({ seenMin, seenMax }) => ({ min: min ?? seenMin, max: max ?? seenMax }),
    };
  },
};
