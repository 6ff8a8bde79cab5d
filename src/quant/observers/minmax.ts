import type { PlainObserver } from './observer';

/** The smallest and the largest value of all samples: what TFLite's converter does. */
export const minMax: PlainObserver<'minmax'> = {
  id: 'minmax',
  label: 'Min-max',
  describe: () => 'min-max',
  create: () => ({
    needsHistogram: false,
    add: () => undefined,
    range: ({ seenMin, seenMax }) => ({ min: seenMin, max: seenMax }),
  }),
};
