/** An autoencoder: its output against its input, as the network got it (after preprocessing). */
import { IntactError } from '../../model/error';
import { ErrorAccumulator } from '../compare';
import { noisePower } from './likeness';
import { heading, type KindOfScore } from './score';

const about = {
  kind: 'reconstruction',
  label: 'SQNR to the input',
  title: 'SQNR to the input',
  definition:
    'Signal to noise of the output against the network’s own input after preprocessing, in dB. Higher is better; Δ to float.',
  unit: 'dB',
  better: 'higher',
  toFloat: false,
} as const;

export const reconstruction: KindOfScore<'reconstruction'> = {
  ...about,
  create: ({ need, synthetic }) => {
    const error = new ErrorAccumulator();
    let samples = 0;
    let absolute = 0;
    let count = 0;
    return {
      add: ({ output, input }) => {
        if (input.length !== output.length)
          throw new IntactError(
            'bad-data',
            `Output "${need.name}" gives ${output.length} numbers, but the input that it is to reconstruct has ${input.length}. Choose another kind of label in the data check.`,
          );
        samples++;
        error.add(input, output);
        for (let i = 0; i < output.length; i++) absolute += Math.abs(output[i]! - input[i]!);
        count += output.length;
        return { error: noisePower(input, output) };
      },
      score: () => {
        const result = error.result();
        return {
          ...heading(about, need.name, synthetic),
          value: result?.sqnr ?? NaN,
          samples,
          more: [
            { label: 'mean square error', value: result?.mse ?? NaN, unit: '' },
            { label: 'mean absolute error', value: count === 0 ? NaN : absolute / count, unit: '' },
          ],
        };
      },
    };
  },
};
