/** A few numbers set the range of an activation, and the others share what is left of its grid. */
import { number, plural } from '../../format';
import { clipped, wider } from '../fixes';
import { bestClip } from '../grids';
import type { Rule } from '../rule';

/**
 * Part of the numbers beyond the better range, what that leaves of the noise, how many times as wide the
 * chosen one is, and the layer's part of the outputs' noise.
 */
const thresholds = { beyond: 1e-3, left: 0.5, wide: 1.5, share: 0.05 } as const;

export const outliers: Rule = {
  id: 'outliers',
  title: 'Range set by a few outliers',
  source:
    'NVIDIA, arXiv 2004.09602 §3.3 and Dettmers et al., arXiv 2208.07339: a range that fewer than one in a thousand numbers need is better clipped. Half the noise left is 3 dB.',
  thresholds,
  kind: 'cause',
  needsRealSamples: true,
  find: (ground) => {
    const found = ground.measured.flatMap((layer) => {
      const { stats, grid, share, scoreShare } = layer;
      if (!stats || grid?.dtype !== 'int8' || Math.max(share, scoreShare ?? 0) < thresholds.share)
        return [];
      if (grid.why.code !== 'calibrated' && grid.why.code !== 'given-range') return [];
      const clip = bestClip(stats);
      const wide = (stats.max - stats.min) / (clip.max - clip.min);
      if (clip.left > thresholds.left || clip.beyond > thresholds.beyond) return [];
      return wide >= thresholds.wide ? [{ layer, clip, wide }] : [];
    });
    if (found.length === 0) return [];
    const [worst] = [...found].sort((a, b) => a.clip.left - b.clip.left);
    const layers = found.map(({ layer }) => layer);
    const left = Object.fromEntries(
      found.map(({ layer, clip }) => [
        layer.id,
        layer.weightPart + (1 - layer.weightPart) * clip.left,
      ]),
    );
    const per = Math.max(1, Math.round(1 / Math.max(worst!.clip.beyond, 1e-7)));
    return [
      {
        layers: found.map(({ layer, clip }) => ({
          id: layer.id,
          explains: (1 - layer.weightPart) * (1 - clip.left),
        })),
        reason: `In “${worst!.layer.id}” about 1 in ${per.toLocaleString('en-US')} numbers makes the range ${number(worst!.wide)} times as wide as the others need (${number(worst!.layer.stats!.min)} … ${number(worst!.layer.stats!.max)}; ${number(worst!.clip.min)} … ${number(worst!.clip.max)} would do).${found.length > 1 ? ` ${plural(found.length - 1, 'other layer is', 'other layers are')} like it.` : ''}`,
        fixes: [clipped(layers, left), wider(layers, 'output', ground)],
      },
    ];
  },
};
