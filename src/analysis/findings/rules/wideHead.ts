/** The last layer's range is wide: one step of its grid is a change of the answer. */
import { number } from '../../format';
import { asFloat, wider } from '../fixes';
import type { Ground, Layer } from '../ground';
import { roundingSqnr } from '../grids';
import { MARKED_DB } from '../loss';
import type { Rule } from '../rule';

/** Step of logits (natural logarithm of the odds), dB that rounding leaves of a regression, part of the outputs' noise. */
const thresholds = { step: 0.35, sqnr: MARKED_DB + 5, share: 0.1 } as const;

const through: ReadonlySet<string> = new Set(['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS', 'TRANSPOSE']);

interface Head {
  readonly layer: Layer;
  /** SOFTMAX or LOGISTIC behind it. */
  readonly end?: Layer;
}

/** What makes each output, or the logits of it. */
function headsOf({ graph, maker, layer }: Ground): readonly Head[] {
  return graph.outputs.flatMap((output) => {
    let node = maker(output);
    while (node && through.has(node.op)) node = maker(node.inputs[0]!);
    if (!node) return [];
    const own = layer(node.name);
    if (node.op !== 'SOFTMAX' && node.op !== 'LOGISTIC') return own ? [{ layer: own }] : [];
    let before = maker(node.inputs[0]!);
    while (before && through.has(before.op)) before = maker(before.inputs[0]!);
    const logits = before && layer(before.name);
    return logits ? [{ layer: logits, ...(own ? { end: own } : {}) }] : [];
  });
}

export const wideHead: Rule = {
  id: 'wide-head',
  title: 'Head with a wide range',
  source:
    'A step of 0.35 in logits changes odds by 40 %; rounding that leaves less than 30 dB of a regression is a tenth of what eight bits can give. Spare such a head (LiteRT, guide to selective quantization).',
  thresholds,
  kind: 'cause',
  needsRealSamples: false,
  find: (ground) =>
    headsOf(ground).flatMap(({ layer, end }) => {
      const { grid, stats, share, scoreShare, node } = layer;
      if (grid?.dtype !== 'int8' || !stats || node.op === 'CONCATENATION') return [];
      if (Math.max(share, scoreShare ?? 0) < thresholds.share) return [];
      const step = grid.scale[0]!;
      const sqnr = roundingSqnr(stats, step);
      const wide = end ? step >= thresholds.step : sqnr < thresholds.sqnr;
      if (!wide) return [];
      const layers = [layer, ...(end ? [end] : [])];
      return [
        {
          layers: [{ id: layer.id, explains: 1 - layer.weightPart }],
          reason: end
            ? `The logits of “${layer.id}” span ${number(stats.min)} … ${number(stats.max)}, so one step of their grid is ${number(step)}: it changes odds by a factor of ${number(Math.exp(step))}.`
            : `“${layer.id}” makes an output that spans ${number(stats.min)} … ${number(stats.max)} in steps of ${number(step)}, while most of it is around ${number(stats.mean)} ± ${number(stats.std)}: rounding leaves ${number(sqnr)} dB of it.`,
          fixes: [wider(layers, 'output', ground), asFloat(layers, 'output', ground)],
        },
      ];
    }),
};
