/** A few numbers set the range of an activation, and the others share what is left of its grid. */
import { number, plural } from '../../format';
import { clipped, wider } from '../fixes';
import { commonRange } from '../grids';
import type { Rule } from '../rule';

/**
 * Part of the numbers that the range of the others leaves out, how many times as wide the chosen one is,
 * and the layer's part of the outputs' noise.
 */
const thresholds = { beyond: 5e-4, wide: 3, share: 0.05 } as const;

export const outliers: Rule = {
  id: 'outliers',
  title: 'Range set by a few outliers',
  source:
    'Wu et al., arXiv 2004.09602 §5.1 (percentiles of 99.9 to 99.999) and Dettmers et al., arXiv 2208.07339. A range three times as wide as all but one in two thousand numbers need takes 1.6 bits from them; of a normal activation it is 1.3 times.',
  thresholds,
  kind: 'cause',
  needsRealSamples: true,
  find: (ground) => {
    const found = ground.measured.flatMap((layer) => {
      const { stats, grid, share, scoreShare } = layer;
      if (!stats || grid?.dtype !== 'int8' || Math.max(share, scoreShare ?? 0) < thresholds.share)
        return [];
      if (grid.why.code !== 'calibrated' && grid.why.code !== 'given-range') return [];
      const clip = commonRange(stats, thresholds.beyond);
      const wide =
        (Math.max(stats.max, 0) - Math.min(stats.min, 0)) /
        (Math.max(clip.max, 0) - Math.min(clip.min, 0));
      return wide >= thresholds.wide ? [{ layer, clip, wide }] : [];
    });
    if (found.length === 0) return [];
    const [worst] = [...found].sort((a, b) => b.wide - a.wide);
    const layers = found.map(({ layer }) => layer);
    const left = Object.fromEntries(
      found.map(({ layer, wide }) => [
        layer.id,
        layer.weightPart + (1 - layer.weightPart) / wide ** 2,
      ]),
    );
    const per = Math.max(1, Math.round(1 / Math.max(worst!.clip.beyond, 1e-7)));
    return [
      {
        layers: found.map(({ layer, wide }) => ({
          id: layer.id,
          explains: (1 - layer.weightPart) * (1 - 1 / wide ** 2),
        })),
        reason: `In “${worst!.layer.id}” about 1 in ${per.toLocaleString('en-US')} numbers makes the range ${number(worst!.wide)} times as wide as the others need (${number(worst!.layer.stats!.min)} … ${number(worst!.layer.stats!.max)}; ${number(worst!.clip.min)} … ${number(worst!.clip.max)} would do).${found.length > 1 ? ` ${plural(found.length - 1, 'other layer is', 'other layers are')} like it.` : ''}`,
        fixes: [clipped(layers, left), wider(layers, 'output', ground)],
      },
    ];
  },
};
