/** Repairs by the shell's words, as steps of a recipe. */
import { IntactError } from '../model/error';
import type { Graph } from '../model/graph';
import { splittable } from '../quant/repair';
import { repairOrder, type EqualizeStep, type RepairStep } from '../quant/repairSteps';

/** Words of --repair; several are joined by commas. */
export const repairWords = [
  'split',
  'equalize',
  'equalize-relu',
  'absorb',
  'tie',
  'adaround',
  'squant',
  'bias',
] as const;
export type RepairWord = (typeof repairWords)[number];

/** Words that can't stand together: of one step. */
const either: readonly (readonly [RepairWord, RepairWord])[] = [
  ['equalize', 'equalize-relu'],
  ['adaround', 'squant'],
];

/** @throws IntactError `usage` for a word that is none, and for two of one step */
export function parseRepairs(text: string): readonly RepairWord[] {
  const words = text.split(',').map((word) => word.trim());
  const known = words.map((word) => {
    const found = repairWords.find((one) => one === word);
    if (!found)
      throw new IntactError(
        'usage',
        `--repair takes ${repairWords.join(', ')}, joined by commas, not "${word}".`,
      );
    return found;
  });
  const both = either.find((pair) => pair.every((word) => known.includes(word)));
  if (both) throw new IntactError('usage', `--repair takes ${both[0]} or ${both[1]}, not both.`);
  return [...new Set(known)];
}

/** Steps in the order that works, whatever the order of the words. */
export function repairSteps(
  words: readonly RepairWord[],
  graph: Graph,
  seed: number,
): readonly RepairStep[] {
  const steps = words.flatMap((word): RepairStep[] => {
    switch (word) {
      case 'split':
        return [{ kind: 'split-head', node: headOf(graph) }];
      case 'equalize':
      case 'equalize-relu':
        return [equalizing(word === 'equalize' ? 'keep' : 'replace', words)];
      case 'absorb':
        return words.some((other) => other.startsWith('equalize'))
          ? []
          : [equalizing('keep', words)];
      case 'tie':
        return [{ kind: 'tie-ranges' }];
      case 'adaround':
      case 'squant':
        return [{ kind: 'round', method: word, seed, options: {} }];
      case 'bias':
        return [{ kind: 'correct-bias' }];
      default:
        return word satisfies never;
    }
  });
  return steps.sort((a, b) => repairOrder.indexOf(a.kind) - repairOrder.indexOf(b.kind));
}

const equalizing = (relu6: EqualizeStep['relu6'], words: readonly RepairWord[]): EqualizeStep => ({
  kind: 'equalize',
  relu6,
  absorb: words.includes('absorb'),
});

/** @throws IntactError `usage` where no CONCATENATION, or more than one, ends the model */
function headOf(graph: Graph): string {
  const [head, ...others] = splittable(graph);
  if (head === undefined)
    throw new IntactError(
      'usage',
      '--repair split: no CONCATENATION ends this model, so that there is no head to split. Leave "split" out.',
    );
  if (others.length > 0)
    throw new IntactError(
      'usage',
      `--repair split: ${others.length + 1} outputs are joined (${[head, ...others].join(', ')}), and the shell splits one. Use the page, which names it.`,
    );
  return head;
}
