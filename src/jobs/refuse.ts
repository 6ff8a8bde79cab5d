/** What a model can't be used for, said before anything is computed. */
import { IntactError } from '../model/error';
import type { OpenedModel } from './types';

type Asked = Pick<OpenedModel, 'name' | 'summary' | 'signatures'>;

/** Kinds named in one sentence; the whole list is in the error's data. */
const NAMED = 6;

/** @throws IntactError `unsupported` with the whole list */
export function refuseUnrunnable({ name, summary, signatures }: Asked, verb: string): void {
  const { unsupported } = summary;
  if (unsupported.length > 0)
    throw new IntactError(
      'unsupported',
      `"${name}" cannot ${verb}: Intact does not know how to compute ${named(unsupported)}.${others(signatures)} Inspect the model to see why and what to do; most often: convert it to a float .tflite where its layers are defined, and drop that.`,
      { list: unsupported },
    );
}

const named = (list: readonly string[]): string =>
  list.slice(0, NAMED).join(', ') +
  (list.length > NAMED ? ` and ${list.length - NAMED} more operations` : '');

/** Another model of the same file may be the one that was meant. */
function others(signatures: OpenedModel['signatures']): string {
  if (!signatures) return '';
  const left = signatures.all.filter((key) => key !== signatures.read);
  return ` The file holds several models: "${signatures.read}" is read and ${left.map((key) => `"${key}"`).join(', ')} left out; choose one by its signature.`;
}

/** @throws IntactError `unsupported` for a model that holds integers already */
export function refuseQuantized({ name, summary }: Asked): void {
  if (summary.quantized)
    throw new IntactError(
      'unsupported',
      `"${name}" is quantized already. Open the float model that it was made from to quantize it anew.`,
    );
}
