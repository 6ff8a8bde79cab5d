/** The error of a channel has a mean: every number of it is off in the same direction. */
import { number, plural } from '../../format';
import { asFloat } from '../fixes';
import type { Layer } from '../ground';
import type { Rule } from '../rule';

/** Largest mean error of a channel in steps of the output, and the part of the layer's noise that mean errors make. */
const thresholds = { shift: 0.5, part: 0.25, share: 0.05 } as const;
/** Largest of some tens of channels over their root mean square, where they scatter normally. */
const LARGEST_OVER_RMS = 2.2;

export const biasShift: Rule = {
  id: 'bias-shift',
  title: 'Errors with a mean',
  source:
    'Nagel et al., arXiv 1906.04721 §3.2 and figure 3: quantized weights shift the mean of outputs. Rounding alone is off by half a step at most.',
  thresholds,
  kind: 'cause',
  needsRealSamples: true,
  find: (ground) => {
    const found = ground.measured.filter(
      (layer) =>
        layer.weights !== undefined &&
        (layer.evidence.shift ?? 0) >= thresholds.shift &&
        part(layer) >= thresholds.part &&
        Math.max(layer.share, layer.scoreShare ?? 0) >= thresholds.share,
    );
    if (found.length === 0) return [];
    const [worst] = [...found].sort((a, b) => b.evidence.shift! - a.evidence.shift!);
    return [
      {
        layers: found.map((layer) => ({ id: layer.id, explains: part(layer) })),
        reason: `In “${worst!.id}” alone a channel is off by ${number(worst!.evidence.shift!, 2)} steps of the output on average, always in the same direction; rounding scatters around 0.${found.length > 1 ? ` ${plural(found.length - 1, 'other layer has', 'other layers have')} such a mean error.` : ''}`,
        fixes: [
          {
            id: 'correct-bias',
            label: 'Correct the biases',
            change: { steps: [{ kind: 'correct-bias' }] },
            left: Object.fromEntries(found.map((layer) => [layer.id, 1 - part(layer)])),
            how: 'the mean errors’ part of these layers’ noise goes',
          },
          asFloat(found, 'weights', ground),
        ],
      },
    ];
  },
};

/** Of the layer's mean square error, in steps: the mean errors'. */
function part({ evidence, row }: Layer): number {
  const steps = row.isolated?.rmseOverScale ?? 0;
  if (!(steps > 0) || evidence.shift === undefined) return 0;
  return Math.min(1, (evidence.shift / LARGEST_OVER_RMS / steps) ** 2);
}
