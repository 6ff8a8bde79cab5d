/** Several labels at once: each output number against the threshold. */
import { share } from './answers';
import { heading, type KindOfScore } from './score';
import { numbersOf } from './targets';

const about = {
  kind: 'multi-label',
  label: 'label accuracy',
  title: 'Label accuracy',
  definition:
    'Share of single labels that are right (binary accuracy) on the evaluation samples; Δ to float in points.',
  unit: '%',
  better: 'higher',
  toFloat: false,
} as const;

export const multiLabel: KindOfScore<'multi-label'> = {
  ...about,
  create: ({ need, synthetic }, { threshold }) => {
    let samples = 0;
    let labels = 0;
    let right = 0;
    let exact = 0;
    let hits = 0;
    let wrong = 0;
    return {
      add: ({ output, target }) => {
        if (target === undefined) return {};
        const truth = numbersOf(target, output.length, need.name);
        let missed = 0;
        for (let i = 0; i < output.length; i++) {
          const x = output[i]!;
          const is = truth[i]! > 0.5;
          const said = x > threshold;
          if (Number.isNaN(x) || said !== is) missed++;
          else if (is) hits++;
        }
        samples++;
        labels += output.length;
        right += output.length - missed;
        wrong += missed;
        if (missed === 0) exact++;
        return { correct: missed === 0, error: missed / output.length };
      },
      score: () => ({
        ...heading(about, need.name, synthetic),
        value: share(right, labels),
        samples,
        more: [
          { label: 'all labels right', value: share(exact, samples), unit: '%' },
          // 2TP / (2TP + FP + FN); wrong labels are exactly FP + FN.
          {
            label: 'F1, micro',
            value: hits + wrong === 0 ? NaN : (2 * hits) / (2 * hits + wrong),
            unit: '',
          },
        ],
      }),
    };
  },
};
