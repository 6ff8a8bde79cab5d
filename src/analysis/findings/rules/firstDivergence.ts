/** The layer where the quantized model leaves the float one: SQNR falls most against its inputs. */
import { number } from '../../format';
import { remedies } from '../fixes';
import { MARKED_DB } from '../loss';
import type { Rule } from '../rule';

/** dB from the worst input to the output, and below which SQNR it matters. */
const thresholds = { drop: 10, sqnr: MARKED_DB } as const;

export const firstDivergence: Rule = {
  id: 'first-divergence',
  title: 'Here the models part',
  source:
    'Accumulated SQNR falls by a few dB a layer where rounding is all; 10 dB at once is ten times the noise of everything before it.',
  thresholds,
  kind: 'sign',
  needsRealSamples: false,
  find: (ground) => {
    const { measured, maker, layer, graph, rows } = ground;

    const sqnrs = new Map(rows.map(({ id, accumulated }) => [id, accumulated?.sqnr]));
    const drops = measured.flatMap((one) => {
      const after = one.row.accumulated?.sqnr;
      if (after === undefined || !(after < thresholds.sqnr)) return [];
      const before = one.node.inputs.flatMap((index) => {
        if (index < 0 || graph.values[index]!.data) return [];
        const made = maker(index);
        return made ? (sqnrs.get(made.name) ?? []) : [Infinity];
      });
      const from = Math.min(60, ...before);
      return from - after >= thresholds.drop ? [{ one, from, after }] : [];
    });
    // Where nothing before it has parted: the first that does.
    const [worst] = drops.sort((a, b) => b.from - b.after - (a.from - a.after));
    if (!worst || !layer(worst.one.id)) return [];
    return [
      {
        layers: [{ id: worst.one.id, explains: 1 }],
        reason: `What “${worst.one.id}” gets has ${worst.from >= 60 ? 'hardly any error' : `an SQNR of ${number(worst.from)} dB`}; what it makes has ${number(worst.after)} dB: nowhere else does the quantized model fall so far behind the float one at once.`,
        fixes: remedies([worst.one], ground),
      },
    ];
  },
};
