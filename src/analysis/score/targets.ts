/** Labels as numbers, held against what the output gives. */
import type { TargetValue } from '../../data/samples';
import { IntactError } from '../../model/error';

/** @throws IntactError `bad-data` where the label doesn't hold one number for each of the output's. */
export function numbersOf(target: TargetValue, length: number, output: string): ArrayLike<number> {
  const numbers = typeof target === 'number' ? [target] : target;
  if (numbers.length === length) return numbers;
  throw new IntactError(
    'bad-data',
    `A label holds ${numbers.length} numbers, but output "${output}" gives ${length}. Give a label of the output's shape for each sample, or choose another kind of label in the data check.`,
  );
}
