/** Some ranges don’t hold what evaluation gives. */
import { plural } from '../../format';
import {
  causeOf,
  draftOf,
  furthest,
  looked,
  minMaxFix,
  rangesFix,
  said,
  beyondThresholds,
} from '../calibrationCause';
import type { Rule } from '../rule';

export const beyondRange: Rule = {
  kind: 'cause',
  needsRealSamples: true,
  id: 'beyond-range',
  title: 'Values beyond the calibrated range',
  source:
    'Krishnamoorthi, arXiv 1806.08342 §2.1: what is beyond the range is clamped. One number in a thousand cut off by a tenth of the range is more noise than rounding makes (0.1² · 10⁻³ against 1 / (12 · 255²)).',
  thresholds: beyondThresholds,
  find(ground) {
    const found = causeOf(ground);
    if (found?.cause !== 'single' && found?.cause !== 'cut') return [];
    const { cause, reaches } = found;
    const others =
      reaches.length > 1 ? ` ${plural(reaches.length - 1, 'other place')} with it.` : '';
    const why = cause === 'cut' ? ' Calibration saw as much; its method cut it off.' : '';
    return [
      draftOf(
        ground,
        reaches,
        `On the evaluation samples ${said(furthest(reaches))}.${why}${others}`,
        cause === 'cut'
          ? [minMaxFix(reaches)]
          : [rangesFix(reaches, `Widen ${plural(reaches.length, 'range')}`, looked)],
      ),
    ];
  },
};
