/** Outputs that say less than before: classes that are hardly answered any more, and parts that are constant. */
import { number, plural } from '../../format';
import { primaryIndex } from '../../score';
import type { SampleFigures } from '../../../run/types';
import { asFloat, remedies, wider } from '../fixes';
import type { Ground, Layer } from '../ground';
import { MARKED_DB } from '../loss';
import type { Rule } from '../rule';

/** Float's answers that a class needs to be counted, and the part of them that is left of one that vanishes. */
const vanishing = { answers: 5, left: 0.2 } as const;

/** Layers that make most of the noise together. */
function mostOfIt({ measured }: Ground): readonly Layer[] {
  const part = ({ share, scoreShare }: Layer) => scoreShare ?? share;
  const sorted = [...measured].sort((a, b) => part(b) - part(a));
  let sum = 0;
  const taken: Layer[] = [];
  for (const one of sorted) {
    if (sum >= 0.8 || taken.length === 6) break;
    sum += part(one);
    taken.push(one);
  }
  return taken;
}

function answersOf(samples: readonly SampleFigures[], output: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { outputs } of samples) {
    const answer = outputs[output]?.answer;
    if (answer !== undefined) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  return counts;
}

export const vanishedClasses: Rule = {
  id: 'vanished-classes',
  title: 'Classes that are no longer answered',
  source:
    'Histogram of answers, float against quantized: a class that keeps less than a fifth of at least five answers has not lost them by scatter alone (binomial, p < 0.01 at half).',
  thresholds: vanishing,
  kind: 'sign',
  needsRealSamples: true,
  find: (ground) => {
    const { samples, floatSamples, whole } = ground.figures;
    const output = primaryIndex(whole.scores);
    if (!floatSamples || output < 0) return [];
    const [before, after] = [answersOf(floatSamples, output), answersOf(samples, output)];
    if (before.size < 2) return [];
    const gone = [...before].filter(
      ([answer, count]) =>
        count >= vanishing.answers && (after.get(answer) ?? 0) < vanishing.left * count,
    );
    if (gone.length === 0) return [];
    const names = whole.scores[output]?.confusion?.classes;
    const name = (answer: number) => names?.[answer] ?? `class ${answer}`;
    const [most] = gone.sort((a, b) => b[1] - a[1]);
    const layers = mostOfIt(ground);
    return [
      {
        layers: layers.map(({ id }) => ({ id, explains: 1 })),
        reason: `${plural(gone.length, 'class')} of ${before.size} ${gone.length === 1 ? 'is' : 'are'} hardly answered any more: “${name(most![0])}” ${plural(after.get(most![0]) ?? 0, 'time')} where float answers it ${plural(most![1], 'time')}. Most of the noise comes from the layers named here.`,
        fixes: remedies(layers, ground),
      },
    ];
  },
};

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
