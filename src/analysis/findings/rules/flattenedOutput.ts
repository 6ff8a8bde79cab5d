/** An output, or a part of it, that has become constant: the run's alarms, with fixes. */
import { asFloat, wider } from '../fixes';
import { MARKED_DB } from '../loss';
import type { Rule } from '../rule';

export const flattenedOutput: Rule = {
  id: 'flattened-output',
  title: 'Output flattened to a constant',
  source:
    'analysis/flatness.ts, whose thresholds hold: what varies in float is one number in the quantized model.',
  thresholds: {},
  kind: 'sign',
  needsRealSamples: false,
  find: (ground) =>
    ground.figures.alarms.map((alarm) => {
      const layer = ground.layer(alarm.node);
      return {
        layers: layer ? [{ id: layer.id, explains: 1 }] : [],
        reason: alarm.sentence,
        lost: {
          db: MARKED_DB,
          label: `SQNR of the part of “${alarm.output}” that is flat`,
          samples: ground.figures.counts.evaluated,
        },
        fixes: layer ? [asFloat([layer], 'output', ground), wider([layer], 'output', ground)] : [],
      };
    }),
};
