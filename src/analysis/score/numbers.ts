/** Numbers: mean absolute error and RMSE, in the labels' own units. */
import { heading, type KindOfScore } from './score';
import { numbersOf } from './targets';

const about = {
  kind: 'numbers',
  label: 'mean absolute error',
  title: 'Mean abs. error',
  definition:
    'Mean absolute error against the labels on the evaluation samples, in their own units. Lower is better; Δ to float.',
  unit: '',
  better: 'lower',
  toFloat: false,
} as const;

export const numbers: KindOfScore<'numbers'> = {
  ...about,
  create: ({ need, synthetic }) => {
    let samples = 0;
    let count = 0;
    let absolute = 0;
    let squared = 0;
    return {
      add: ({ output, target }) => {
        if (target === undefined) return {};
        const truth = numbersOf(target, output.length, need.name);
        let own = 0;
        for (let i = 0; i < output.length; i++) {
          const e = output[i]! - truth[i]!;
          own += Math.abs(e);
          squared += e * e;
        }
        absolute += own;
        count += output.length;
        samples++;
        return { error: own / output.length };
      },
      score: () => ({
        ...heading(about, need.name, synthetic),
        value: count === 0 ? NaN : absolute / count,
        samples,
        more: [{ label: 'RMSE', value: count === 0 ? NaN : Math.sqrt(squared / count), unit: '' }],
      }),
    };
  },
};
