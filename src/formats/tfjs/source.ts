/** TF.js layers models: model.json with a Keras config, and weights in shards beside it. */
import { IntactError } from '../../model/error';
import type { ModelFile } from '../format';
import { asRecord, modelName, outline, type Json } from '../keras/config';
import { flatWeights } from '../keras/flatWeights';
import type { KerasSource } from '../keras/source';
import { readManifest } from './manifest';

export interface TfjsSource extends KerasSource {
  /** Bytes of model.json and of the shards. */
  readonly fileBytes: number;
}

const decoder = new TextDecoder();

/** The JSON object in a file, or undefined. Total. */
export function jsonObject(bytes: Uint8Array): Json | undefined {
  const start = bytes.findIndex((byte) => byte > 0x20 && ![0xef, 0xbb, 0xbf].includes(byte));
  if (bytes[start] !== 0x7b) return undefined;
  try {
    return asRecord(JSON.parse(decoder.decode(bytes)));
  } catch {
    return undefined;
  }
}

/** The model.json among the files, parsed. */
export function findModelJson(
  files: readonly ModelFile[],
): { readonly file: ModelFile; readonly json: Json } | undefined {
  for (const file of files) {
    const json = jsonObject(file.bytes);
    if (json && asRecord(json.modelTopology)) return { file, json };
  }
  return undefined;
}

function isGraphModel(json: Json): boolean {
  const topology = asRecord(json.modelTopology);
  return json.format === 'graph-model' || Array.isArray(topology?.node);
}

/** model.json says nothing: its folder, if known, does. */
function namedPath(path: string): string {
  const [file, folder] = path.split('/').reverse();
  return file === 'model.json' && folder ? folder : path;
}

/**
 * Everything that the graph builder asks of a TF.js layers model.
 *
 * @throws IntactError `unsupported` for graph models, otherwise as `readManifest`
 */
export function tfjsSource(files: readonly ModelFile[]): TfjsSource {
  const found = findModelJson(files);
  if (!found) throw new IntactError('not-this-format', 'None of the files is a model.json.');
  const { file, json } = found;
  if (isGraphModel(json)) {
    throw new IntactError(
      'unsupported',
      `${file.path} is a TensorFlow.js graph model: a frozen TensorFlow graph, without layers. ` +
        'Drop the Keras model that it was made from (.keras, .h5, or converted with ' +
        '--output_format=tfjs_layers_model), or a .tflite made by TFLiteConverter.',
      { kind: 'tfjs-graph-model', file: file.path },
    );
  }
  const topology = asRecord(json.modelTopology) ?? {};
  // tensorflowjs_converter keeps the attributes of the .h5, with the config in `model_config`.
  const config = asRecord(topology.model_config) ?? topology;
  const layers = outline(config);
  if (!layers) {
    throw new IntactError(
      'malformed',
      `${file.path} is a TensorFlow.js model without a list of layers, so it cannot be read. ` +
        'Save it again with model.save().',
      { file: file.path },
    );
  }
  const { weights, shards } = readManifest(json.weightsManifest, file.path, files);
  const version = topology.keras_version;
  return {
    name: modelName(config, namedPath(file.path)),
    config,
    kerasVersion:
      typeof version === 'string' ? version.replace(/^tfjs-layers\s*/, 'tfjs ') : 'tfjs',
    weights: flatWeights(weights, layers),
    fileBytes: [file, ...shards].reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}
