import { IntactError } from '../../model/error';
import type { Calibration } from '../types';
import { minMax } from './minmax';
import { movingAverage } from './movingAverage';
import type { Observer } from './observer';
import { percentile } from './percentile';

/** A fresh observer of one value. Throws `usage` on a parameter out of its range. */
export function createObserver(calibration: Calibration): Observer {
  switch (calibration.method) {
    case 'minmax':
      return minMax();
    case 'moving-average':
      if (!(calibration.decay > 0 && calibration.decay < 1)) {
        throw new IntactError(
          'usage',
          `Moving-average calibration needs a decay between 0 and 1, not ${calibration.decay}. Try 0.9.`,
        );
      }
      return movingAverage(calibration.decay);
    case 'percentile':
      if (!(calibration.percentile > 50 && calibration.percentile <= 100)) {
        throw new IntactError(
          'usage',
          `Percentile calibration needs a number above 50 and up to 100, not ${calibration.percentile}. Try 99.99.`,
        );
      }
      return percentile(calibration.percentile);
    default:
      return calibration satisfies never;
  }
}

/** How the range was chosen, for people: "min-max of 200 samples". */
export function describeCalibration(calibration: Calibration, samples: number): string {
  const of = `of ${samples} sample${samples === 1 ? '' : 's'}`;
  switch (calibration.method) {
    case 'minmax':
      return `min-max ${of}`;
    case 'moving-average':
      return `moving average (decay ${calibration.decay}) ${of}`;
    case 'percentile':
      return `${calibration.percentile} percentile ${of}`;
    default:
      return calibration satisfies never;
  }
}
