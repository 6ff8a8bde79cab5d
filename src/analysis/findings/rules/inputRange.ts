/** A float model that only guesses gets inputs, or labels, that it was not made for. */
import { number, plural } from '../../format';
import { primaryIndex } from '../../score';
import { MARKED_DB } from '../loss';
import type { Rule } from '../rule';

/** Wider than what is answered by chance: standard deviations of a binomial. */
const deviations = 2.5;

export const inputRange: Rule = {
  id: 'input-range',
  title: 'Input not as the first layer expects',
  source:
    'A float model that answers as often right as guessing does (within 2.5 standard deviations of a binomial) gets inputs, or labels, that it was not trained on.',
  thresholds: { deviations },
  kind: 'cause',
  needsRealSamples: true,
  find: ({ figures, made, graph, stats }) => {
    const at = primaryIndex(figures.float.scores);
    const score = figures.float.scores[at];
    if (score?.kind !== 'classes' && score?.kind !== 'binary') return [];
    const classes = Math.max(2, score.confusion?.classes.length ?? 2);
    const n = score.samples;
    const guess = 1 / classes;
    const limit = 100 * (guess + deviations * Math.sqrt((guess * (1 - guess)) / Math.max(1, n)));
    if (n < 20 || score.value > limit) return [];
    const input = graph.values[graph.inputs[0]!]!.name;
    const seen = stats?.values[input];
    const open = made.samples.checks.filter(
      ({ status }) => status === 'assumed' || status === 'asked',
    );
    return [
      {
        layers: [],
        reason: `The float model itself is right on ${number(score.value)} % of ${plural(n, 'sample')}, as often as guessing among ${classes} classes is.${seen ? ` Its input “${input}” gets ${number(seen.seenMin)} … ${number(seen.seenMax)}.` : ''}${open.length > 0 ? ` Not proven of the data: ${open.map(({ label }) => label).join(', ')}.` : ''} Check value range, channels and labels before you repair anything else.`,
        lost: { db: 2 * MARKED_DB, label: 'SQNR that says nothing here', samples: n },
        fixes: [],
      },
    ];
  },
};
