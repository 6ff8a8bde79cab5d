/** Calibration and evaluation samples are unlike each other. */
import { number, plural } from '../../format';
import {
  causeOf,
  draftOf,
  furthest,
  looked,
  rangesFix,
  said,
  unlikeThresholds,
} from '../calibrationCause';
import { median } from '../reach';
import type { Rule } from '../rule';

export const calibrationUnlike: Rule = {
  kind: 'cause',
  needsRealSamples: true,
  id: 'calibration-unlike',
  title: 'Calibration unlike evaluation',
  source:
    'Krishnamoorthi, arXiv 1806.08342 §3.1: ranges come from data like those that the model will get. Half of all activations beyond their ranges, or ranges of which the median uses less than two fifths (1.3 bits unused), is no matter of single layers.',
  thresholds: unlikeThresholds,
  find(ground) {
    const found = causeOf(ground);
    if (found?.cause !== 'unlike' && found?.cause !== 'wide') return [];
    const { cause, reaches, all } = found;
    const note = `Better: calibrate on samples like those of evaluation. ${looked}`;
    const label = `${cause === 'wide' ? 'Narrow' : 'Widen'} ${plural(reaches.length, 'range')}`;
    const reason =
      cause === 'wide'
        ? `The evaluation samples use ${number(100 * median(reaches.map(({ used }) => used)), 2)} % of the calibrated ranges (median of ${reaches.length}): calibration saw larger numbers than evaluation ever gives.`
        : `${reaches.length} of ${all} activations leave their ranges on the evaluation samples: ${said(furthest(reaches))}. Two halves of the calibration samples agree with each other, so they are not too few but unlike.`;
    const draft = draftOf(ground, reaches, reason, [rangesFix(reaches, label, note)]);
    if (cause === 'unlike') return [draft];
    const layers = reaches.flatMap(({ layer, used }) =>
      layer ? [{ id: layer.id, explains: (1 - layer.weightPart) * (1 - used * used) }] : [],
    );
    return [{ ...draft, layers }];
  },
};
