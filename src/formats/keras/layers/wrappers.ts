/** Layers around another layer, and the ones that are named but can't run. */
import { malformed, reshapeTo, shapeOf, unsupported } from '../../build/emit';
import { field, flag, integer, isJson } from './fields';
import type { LayerCall, LayerDefinition } from './layer';
import { onlyInput } from './layer';

/** Layers that treat every position alike need no folding of time into the batch. */
const positionwise = new Set(['Dense', 'Activation', 'Dropout', 'ReLU', 'LeakyReLU', 'Rescaling']);

/** tfmot's pruning: the layer inside, without mask, threshold and step, as strip_pruning leaves it. */
function pruned(call: LayerCall): readonly number[] {
  const layer = field(call.config, 'layer');
  if (!isJson(layer)) return malformed('it wraps no layer.');
  const weights = call.weights.filter(
    ({ name }) => !/(mask|threshold|pruning_step)(:\d+)?$/.test(name),
  );
  return call.apply(layer, call.inputs, '', weights);
}

function timeDistributed(call: LayerCall): number {
  const input = onlyInput(call);
  const layer = field(call.config, 'layer');
  if (!isJson(layer)) return malformed('it wraps no layer.');
  const shape = shapeOf(call, input);
  if (shape.length < 3) return malformed('it needs an input of 3 or more dimensions.');
  if (positionwise.has(String(field(layer, 'class_name'))))
    return call.apply(layer, [input], '', call.weights)[0]!;
  const folded = reshapeTo(call, input, shape.slice(2), 'fold');
  const outputs = call.apply(layer, [folded], '', call.weights);
  if (outputs.length !== 1) return unsupported('a wrapped layer with several outputs.');
  const result = shapeOf(call, outputs[0]!).slice(1);
  return reshapeTo(call, outputs[0]!, [shape[1]!, ...result], 'unfold');
}

const refused = (reason: string): LayerDefinition => ({
  rule: () => unsupported(reason),
  anyType: true,
});

const recurrent = refused(
  'recurrent layers are not supported. Build the layer with unroll=True, convert the model to a float .tflite (tf.lite.TFLiteConverter.from_keras_model), and drop that.',
);
const attention = refused('attention layers are not supported.');
const volume = refused('layers over three spatial dimensions are not supported.');
const textual = refused('preprocessing of text and categories is not supported.');

export const wrapperLayers: Readonly<Record<string, LayerDefinition>> = {
  TimeDistributed: { rule: timeDistributed },
  PruneLowMagnitude: { rule: pruned },
  LSTM: recurrent,
  GRU: recurrent,
  SimpleRNN: recurrent,
  RNN: recurrent,
  CuDNNLSTM: recurrent,
  CuDNNGRU: recurrent,
  Bidirectional: recurrent,
  ConvLSTM1D: recurrent,
  ConvLSTM2D: recurrent,
  ConvLSTM3D: recurrent,
  MultiHeadAttention: attention,
  GroupQueryAttention: attention,
  Attention: attention,
  AdditiveAttention: attention,
  Conv3D: volume,
  Conv3DTranspose: volume,
  MaxPooling3D: volume,
  AveragePooling3D: volume,
  GlobalMaxPooling3D: volume,
  GlobalAveragePooling3D: volume,
  ZeroPadding3D: volume,
  Cropping3D: volume,
  UpSampling3D: volume,
  CategoryEncoding: textual,
  Discretization: textual,
  Hashing: textual,
  HashedCrossing: textual,
  IntegerLookup: textual,
  StringLookup: textual,
  TextVectorization: textual,
  Lambda: refused(
    'it holds Python code, and code from a model file is never run. Convert the model to a float .tflite where it was made (tf.lite.TFLiteConverter.from_keras_model), and drop that.',
  ),
};

/** Output shapes of layers that can't run, as far as their configs tell. */
export function refusedShapes(call: LayerCall): readonly (readonly number[])[] | undefined {
  const { type, config, inputs } = call;
  const shape = inputs[0] === undefined ? undefined : shapeOf(call, inputs[0]);
  if (shape === undefined) return undefined;
  if (/^(CuDNN)?(LSTM|GRU)$|^SimpleRNN$/.test(type) && shape.length === 3) {
    const units = integer(config, 'units');
    const state = [shape[0]!, units];
    const output = flag(config, 'return_sequences', false) ? [...shape.slice(0, 2), units] : state;
    if (!flag(config, 'return_state', false)) return [output];
    return type.endsWith('LSTM') ? [output, state, state] : [output, state];
  }
  if (type === 'Bidirectional') {
    const layer = field(config, 'layer');
    if (!isJson(layer) || !isJson(layer['config'])) return undefined;
    const one = refusedShapes({
      ...call,
      type: String(field(layer, 'class_name')),
      config: layer['config'],
    });
    const mode = field(config, 'merge_mode');
    if (one?.length !== 1 || (mode !== 'concat' && mode !== 'sum' && mode !== 'ave')) return one;
    const factor = mode === 'concat' ? 2 : 1;
    return [one[0]!.with(-1, one[0]!.at(-1)! * factor)];
  }
  if (type === 'Attention' || type === 'AdditiveAttention') {
    const value = inputs[1] === undefined ? undefined : shapeOf(call, inputs[1]);
    return value === undefined ? undefined : [[...shape.slice(0, -1), value.at(-1)!]];
  }
  return type === 'MultiHeadAttention' ? [shape] : undefined;
}
