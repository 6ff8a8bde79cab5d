import type { Observer } from './observer';

/** The smallest and the largest value of all samples: what TFLite's converter does. */
export function minMax(): Observer {
  return {
    needsQuantiles: false,
    add: () => undefined,
    range: ({ seenMin, seenMax }) => ({ min: seenMin, max: seenMax }),
  };
}
