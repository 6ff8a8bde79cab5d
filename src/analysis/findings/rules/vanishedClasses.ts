/** Classes that the quantized model hardly answers any more. */
import { plural } from '../../format';
import { primaryIndex } from '../../score';
import type { SampleFigures } from '../../../run/types';
import { remedies } from '../fixes';
import type { Ground, Layer } from '../ground';
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
        seenInOutput: true,
        reason: `${plural(gone.length, 'class')} of ${before.size} ${gone.length === 1 ? 'is' : 'are'} hardly answered any more: “${name(most![0])}” ${plural(after.get(most![0]) ?? 0, 'time')} where float answers it ${plural(most![1], 'time')}. Most of the noise comes from the layers named here.`,
        fixes: remedies(layers, ground),
      },
    ];
  },
};
