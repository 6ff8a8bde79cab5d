/** Without labels, of outputs that choose a class: how often the choice is the float model's. */
import { ErrorAccumulator } from '../compare';
import { answerOf, CLASSES_FOR_TOP_5, rankOf, share, thresholdOf } from './answers';
import { heading, type KindOfScore } from './score';

const about = {
  kind: 'agreement',
  label: 'agreement',
  title: 'Agreement',
  definition:
    'No labels: how often the most likely class is the float model’s on the evaluation samples.',
  unit: '%',
  better: 'higher',
  toFloat: true,
} as const;

export const agreement: KindOfScore<'agreement'> = {
  ...about,
  create: ({ need, synthetic }) => {
    const threshold = thresholdOf(need.ends);
    const probabilities = need.ends === 'softmax' || need.ends === 'sigmoid';
    const error = new ErrorAccumulator();
    let samples = 0;
    let same = 0;
    let inTop5 = 0;
    let drift = 0;
    let classes = 0;
    return {
      add: ({ output, float }) => {
        const wanted = answerOf(float, threshold);
        const answer = answerOf(output, threshold);
        const correct = wanted !== undefined && answer === wanted;
        const at = output.length === 1 ? 0 : wanted;
        samples++;
        classes = output.length;
        if (correct) same++;
        if (wanted !== undefined && output.length > 1 && (rankOf(output, wanted) ?? 5) < 5)
          inTop5++;
        if (at !== undefined) drift += Math.abs(output[at]! - float[at]!);
        error.add(float, output);
        return { ...(answer === undefined ? {} : { answer }), correct };
      },
      score: () => {
        const likeness = error.result();
        return {
          ...heading(about, need.name, synthetic),
          value: share(same, samples),
          samples,
          more: [
            ...(classes >= CLASSES_FOR_TOP_5
              ? [
                  {
                    label: 'float’s class in the top 5',
                    value: share(inTop5, samples),
                    unit: '%',
                  } as const,
                ]
              : []),
            ...(probabilities && samples > 0
              ? [{ label: 'confidence drift', value: share(drift, samples), unit: '%' } as const]
              : []),
            { label: 'SQNR', value: likeness?.sqnr ?? NaN, unit: 'dB' },
            { label: 'cosine', value: likeness?.cosine ?? NaN, unit: '' },
          ],
        };
      },
    };
  },
};
