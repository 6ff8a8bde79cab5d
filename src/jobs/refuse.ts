/** What a model can't be used for, said before anything is computed. */
import { IntactError } from '../model/error';
import type { OpenedModel } from './types';

type Asked = Pick<OpenedModel, 'name' | 'summary'>;

/** @throws IntactError `unsupported` with the whole list */
export function refuseUnrunnable({ name, summary }: Asked, verb: string): void {
  const { unsupported } = summary;
  if (unsupported.length > 0)
    throw new IntactError(
      'unsupported',
      `"${name}" cannot ${verb}: Intact does not know how to compute ${unsupported.join(', ')}. Inspect the model to see why and what to do; most often: convert it to a float .tflite where its layers are defined, and drop that.`,
      { list: unsupported },
    );
}

/** @throws IntactError `unsupported` for a model that holds integers already */
export function refuseQuantized({ name, summary }: Asked): void {
  if (summary.quantized)
    throw new IntactError(
      'unsupported',
      `"${name}" is quantized already. Open the float model that it was made from to quantize it anew.`,
    );
}
