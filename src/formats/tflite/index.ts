/** The .tflite format: opened by its identifier, one model at a time. */
import { IntactError } from '../../model/error';
import type { Format } from '../format';
import { isTflite, readTflite } from './read';

export { readTflite } from './read';
export { writeTflite } from './write';

/** File name without folders and extension: what the model is called on screen. */
function titleOf(path: string): string | undefined {
  const file = path.split('/').at(-1) ?? '';
  return file.replace(/\.(tflite|lite|bin)$/i, '') || undefined;
}

export const tfliteFormat: Format = {
  id: 'tflite',
  label: 'TensorFlow Lite (.tflite)',
  sniff: (files) => files.some((file) => isTflite(file.bytes)),
  async read(files, options) {
    const models = files.filter((file) => isTflite(file.bytes));
    const [model] = models;
    if (!model)
      throw new IntactError('not-this-format', 'None of the files is a TensorFlow Lite model.');
    if (models.length > 1)
      throw new IntactError(
        'usage',
        `There are ${models.length} .tflite files (${models.map((file) => file.path).join(', ')}): drop one at a time.`,
      );
    return readTflite(model.bytes, titleOf(model.path), options);
  },
};
