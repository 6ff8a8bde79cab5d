/** Whole models that another toolkit has wrapped: what they are, and the way out that works. */
import { IntactError } from '../../../model/error';
import { field, isJson } from './fields';

const wrappers: Readonly<Record<string, { readonly kind: string; readonly message: string }>> = {
  QuantizeWrapper: qat(),
  QuantizeWrapperV2: qat(),
  QuantizeLayer: qat(),
  QuantizeAnnotate: {
    kind: 'tfmot-annotated',
    message:
      'This model was annotated by TensorFlow Model Optimization for quantization-aware training, but not yet made (quantize_apply). Save the model without its annotations, or call quantize_apply, train, convert it with tf.lite.TFLiteConverter.from_keras_model(model), and drop the .tflite.',
  },
  ClusterWeights: {
    kind: 'tfmot-clustered',
    message:
      'This model was clustered by TensorFlow Model Optimization and its layers are still wrapped. Call tfmot.clustering.keras.strip_clustering(model), save the result, and drop that.',
  },
};

function qat() {
  return {
    kind: 'tfmot-qat',
    message:
      'This model was made by TensorFlow Model Optimization for quantization-aware training (quantize_model): its layers are wrapped and hold the ranges that were trained. Convert it in Python with tf.lite.TFLiteConverter.from_keras_model(model) and optimizations = [tf.lite.Optimize.DEFAULT], which makes an int8 model of these ranges, and drop the .tflite.',
  };
}

/** Layers looked at; an honest model has fewer. */
const mostLayers = 20_000;

/** @throws IntactError `unsupported` naming what wraps the layers, once for the whole model */
export function refuseToolkits(config: unknown): void {
  const waiting: unknown[] = [config];
  const seen = new Set<unknown>();
  for (let model = waiting.pop(); model !== undefined; model = waiting.pop()) {
    if (!isJson(model) || seen.has(model) || seen.size > mostLayers) continue;
    seen.add(model);
    const inner = model['config'];
    const list = isJson(inner) ? field(inner, 'layers') : inner;
    if (!Array.isArray(list)) continue;
    for (const layer of (list as unknown[]).slice(0, mostLayers)) {
      if (!isJson(layer)) continue;
      const type = String(field(layer, 'class_name')).split('>').at(-1)!;
      const found = Object.hasOwn(wrappers, type) ? wrappers[type] : undefined;
      if (found) throw new IntactError('unsupported', found.message, { kind: found.kind });
      waiting.push(layer);
    }
  }
}
