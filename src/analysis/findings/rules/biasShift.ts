/** The error of a channel has a mean: every number of it is off in the same direction. */
import { number, plural } from '../../format';
import { asFloat } from '../fixes';
import type { Layer } from '../ground';
import type { Rule } from '../rule';

/**
 * Largest mean error of a channel in steps of the output, the part of the layer's noise that mean errors
 * make, and the part that its weights make; the layer's part of the outputs' noise.
 */
const thresholds = { shift: 0.5, part: 0.3, weights: 0.3, share: 0.05 } as const;

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
        layer.weightPart >= thresholds.weights &&
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

const part = ({ evidence, weightPart }: Layer): number =>
  Math.min(1, evidence.shiftPart ?? 0) * Math.min(1, weightPart);
