/** 16 bits or float where 8 bits would cost nothing. */
import { number, plural } from '../../format';
import type { ValueStats } from '../../../quant/types';
import { before, layersOf } from '../beside';
import { roundingSqnr } from '../grids';
import type { Rule } from '../rule';

/** dB that 256 levels would leave of an activation. */
const spare = { sqnr: 32 } as const;

/** dB that 256 levels over all that was seen leave. */
function in256(stats: ValueStats): number {
  const span = Math.max(stats.seenMax, 0) - Math.min(stats.seenMin, 0);
  return span > 0 ? roundingSqnr(stats, span / 255) : Infinity;
}

export const moreThanNeeded: Rule = {
  id: 'more-than-needed',
  title: 'More precision than is needed',
  source:
    'Rounding to 256 levels that leaves 32 dB or more of an activation is below what the list of figures marks, and the run has lost nothing.',
  thresholds: spare,
  kind: 'cost',
  needsRealSamples: true,
  find: (ground) => {
    const { made, loss } = ground;
    if (loss.any) return [];
    const found = layersOf(ground).filter((layer) => {
      const { row, stats } = layer;
      const chosen =
        row.scheme === 'int16' || (row.scheme === 'float32' && row.why.code === 'float-by-rule');
      if (!chosen || row.op === 'SOFTMAX') return false;
      // What it reads would have 256 levels too.
      const read = before(layer, ground).map((one) => one.stats);
      return [stats, ...read].every((own) => own && in256(own) >= spare.sqnr);
    });
    if (found.length === 0) return [];
    const all = layersOf(ground).filter(({ row }) => row.scheme === 'int16').length;
    const whole = made.recipe?.scheme === 'int16x8' && found.length >= 0.8 * all;
    const saved = found.reduce(
      (sum, { row }) => sum + (row.scheme === 'float32' ? 0.75 * row.bytesFloat : 0),
      0,
    );
    const [first] = found;
    return [
      {
        layers: found.map(({ id }) => ({ id, explains: 0 })),
        reason: `${plural(found.length, 'layer has', 'layers have')} 16 bits or float where 256 levels would leave ${number(in256(first!.stats!))} dB (“${first!.id}”) and more.`,
        harmless: true,
        fixes: [
          {
            id: 'int8',
            label: whole
              ? 'Use 8 bits everywhere'
              : `Use 8 bits in ${plural(found.length, 'layer')}`,
            change: whole
              ? { scheme: 'int8' }
              : { overrides: Object.fromEntries(found.map(({ id }) => [id, 'int8' as const])) },
            ...(saved > 0 ? { bytes: -saved } : {}),
            predicted: {
              unit: loss.primary?.unit ?? 'dB',
              value: 0,
              how: 'rounding to 256 levels is below what is marked in each of these layers',
            },
          },
        ],
      },
    ];
  },
};
