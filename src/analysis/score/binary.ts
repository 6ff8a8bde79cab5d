/** Yes or no by one number: a sigmoid above 0.5, a logit above 0. */
import { answerOf } from './answers';
import { Answers, classIndex } from './classes';
import { heading, type KindOfScore } from './score';

const about = {
  kind: 'binary',
  label: 'accuracy',
  title: 'Accuracy',
  definition:
    'Accuracy against the labels on the evaluation samples, the output held against its threshold (0.5 of a sigmoid, 0 of a logit); Δ to float in points.',
  unit: '%',
  better: 'higher',
  toFloat: false,
} as const;

export const binary: KindOfScore<'binary'> = {
  ...about,
  create: ({ need, synthetic }, { names, threshold }) => {
    const seen = new Answers(2, names);
    return {
      add: ({ output, target }) => {
        if (target === undefined) return {};
        const truth = classIndex(target, need.name);
        return seen.add(truth, answerOf(output, threshold), { margin: output[0]! });
      },
      score: () => ({ ...heading(about, need.name, synthetic), ...seen.result() }),
    };
  },
};
