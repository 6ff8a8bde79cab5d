/** Whole models saved as HDF5 (`model.save('x.h5')`) by Keras 1, 2 and 3. */
import { IntactError } from '../../model/error';
import { modelName, outline, parsePythonJson } from './config';
import type { H5File } from './h5';
import { chunkedStrings, h5Weights } from './h5weights';
import type { KerasSource } from './source';

/** What an HDF5 file without `model_config` is, as a sentence. */
function notAModel(file: H5File, fileName: string): IntactError {
  const top = file.names('/');
  const attributes = file.attributeNames('/');
  const weights =
    attributes.some((name) => name.startsWith('layer_names')) ||
    top.some((name) => /^(layers|_layer_checkpoint_dependencies|vars)$/.test(name));
  if (weights) {
    return new IntactError(
      'not-this-format',
      `${fileName} holds only the weights of a Keras model, not its layers. ` +
        'Load the weights into the model in Python and save all of it with model.save("model.keras").',
      { kind: 'weights-only', file: fileName },
    );
  }
  return new IntactError(
    'not-this-format',
    `${fileName} is an HDF5 file, but no Keras model: it has no "model_config" attribute. ` +
      'Save the model with model.save("model.keras") or model.save("model.h5").',
    { kind: 'hdf5', file: fileName },
  );
}

/**
 * Everything that the graph builder asks of a whole-model .h5. `file` must stay open while weights
 * are read.
 */
export function h5Source(file: H5File, fileName: string): KerasSource {
  const text = chunkedStrings(file, '/', 'model_config').join('');
  if (text === '') throw notAModel(file, fileName);
  const config = parsePythonJson(text, 'The description of the layers (model_config)', fileName);
  const layers = outline(config) ?? [];
  const weights = file.type('/model_weights') === 'group' ? '/model_weights' : '/';
  const version =
    file.strings('/', 'keras_version') ?? file.strings(weights, 'keras_version') ?? [];
  return {
    name: modelName(config, fileName),
    config,
    kerasVersion: version[0] ?? '1',
    weights: h5Weights(file, weights, layers, fileName),
  };
}
