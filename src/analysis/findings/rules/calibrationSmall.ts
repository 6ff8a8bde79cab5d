/** Ranges are not settled: calibration had too few samples. */
import { number, plural } from '../../format';
import {
  causeOf,
  draftOf,
  furthest,
  looked,
  rangesFix,
  said,
  smallThresholds,
} from '../calibrationCause';
import { median } from '../reach';
import type { Rule } from '../rule';

export const calibrationSmall: Rule = {
  kind: 'cause',
  needsRealSamples: true,
  id: 'calibration-small',
  title: 'Too few calibration samples',
  source:
    'Ranges of two disjoint halves of the samples that differ by more than a fifth are not settled (Wu et al., arXiv 2004.09602 §5.1: hundreds of samples settle them).',
  thresholds: smallThresholds,
  find(ground) {
    const found = causeOf(ground);
    if (found?.cause !== 'small') return [];
    const { reaches } = found;
    const samples = ground.stats?.samples ?? 0;
    const halves = median(Object.values(ground.evidence.halves ?? {}));
    return [
      draftOf(
        ground,
        reaches,
        `The ranges of two halves of the ${plural(samples, 'calibration sample')} differ by ${number(100 * halves, 2)} % (median over the activations), and on the evaluation samples ${said(furthest(reaches))}.`,
        [
          rangesFix(
            reaches,
            `Widen ${plural(reaches.length, 'range')}`,
            `Better: calibrate on more samples. ${looked}`,
          ),
        ],
      ),
    ];
  },
};
