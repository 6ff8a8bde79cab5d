/** Likeness to the float model, for any output: signal to quantization noise and cosine. Needs no labels. */
import { ErrorAccumulator } from '../compare';
import { WorstColumn } from './columns';
import { heading, type KindOfScore } from './score';

const about = {
  kind: 'likeness',
  label: 'SQNR to float',
  title: 'SQNR to float',
  definition:
    'No labels: signal to quantization noise of the output against the float model’s, in dB. Higher is better.',
  unit: 'dB',
  better: 'higher',
  toFloat: true,
} as const;

export const likeness: KindOfScore<'likeness'> = {
  ...about,
  create: ({ need, synthetic }) => {
    const error = new ErrorAccumulator();
    const columns = new WorstColumn(need.shape);
    let samples = 0;
    return {
      add: ({ output, float }) => {
        samples++;
        error.add(float, output);
        columns.add(float, output);
        return { error: noisePower(float, output) };
      },
      score: () => {
        const result = error.result();
        const worst = columns.sqnr();
        return {
          ...heading(about, need.name, synthetic),
          value: result?.sqnr ?? NaN,
          samples,
          more: [
            { label: 'cosine', value: result?.cosine ?? NaN, unit: '' },
            ...(worst === undefined
              ? []
              : [{ label: 'SQNR of the worst column', value: worst, unit: 'dB' } as const]),
          ],
        };
      },
    };
  },
};

/** Mean square difference. */
export function noisePower(float: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < float.length; i++) sum += (float[i]! - other[i]!) ** 2;
  return float.length === 0 ? 0 : sum / float.length;
}
