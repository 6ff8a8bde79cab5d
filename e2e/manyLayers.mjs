/** A TF.js layers model of `count` small Dense layers after each other, named as deep networks name theirs. */
export function manyLayers(count) {
  const width = 8;
  const name = (at) => `stage_${Math.floor(at / 10)}/block_${at % 10}/dense_${at}`;
  const layers = Array.from({ length: count }, (_, at) => ({
    class_name: 'Dense',
    config: {
      name: name(at),
      trainable: true,
      dtype: 'float32',
      units: width,
      activation: at === count - 1 ? 'softmax' : 'linear',
      use_bias: true,
      ...(at === 0 ? { batch_input_shape: [null, width] } : {}),
    },
  }));
  const weights = layers.flatMap(({ config }) => [
    { name: `${config.name}/kernel`, shape: [width, width], dtype: 'float32' },
    { name: `${config.name}/bias`, shape: [width], dtype: 'float32' },
  ]);
  const json = {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'many', layers },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  // Near the identity, so that numbers neither vanish nor explode on their way.
  const size = width * width + width;
  const values = Float32Array.from({ length: count * size }, (_, i) => {
    const at = i % size;
    const diagonal = at < width * width && at % (width + 1) === 0;
    return (diagonal ? 1 : 0) + 0.02 * Math.sin(i + 1);
  });
  return [
    { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
    { name: 'weights.bin', bytes: new Uint8Array(values.buffer) },
  ];
}
