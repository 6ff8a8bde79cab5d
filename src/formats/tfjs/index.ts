/** TF.js layers models: the container is TF.js', the layers are Keras'. */
import type { Format, Imported, ModelFile } from '../format';
import { buildKerasGraph } from '../keras/layers';
import { findModelJson, tfjsSource } from './source';

async function read(files: readonly ModelFile[]): Promise<Imported> {
  const source = tfjsSource(files);
  return {
    ...buildKerasGraph(source),
    format: 'tfjs',
    description: `TensorFlow.js layers model (${source.kerasVersion.replace(/^(\d)/, 'Keras $1')})`,
    fileBytes: source.fileBytes,
  };
}

/** TF.js layers models. Graph models are claimed too, to be refused by name. */
export const tfjsFormat: Format = {
  id: 'tfjs',
  label: 'TensorFlow.js layers model (model.json + shards)',
  sniff: (files) => findModelJson(files) !== undefined,
  read,
};
