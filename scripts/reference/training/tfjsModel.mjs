/**
 * A small TF.js layers model with weights of a seed: node tfjsModel.mjs FOLDER writes model.json and its
 * shard. In a process of its own: TF.js twice in one would share its global registry.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const tf = createRequire(import.meta.url)('@tensorflow/tfjs');
await tf.setBackend('cpu');
const start = (seed) => ({ kernelInitializer: tf.initializers.heNormal({ seed }) });
const conv = (filters, strides, seed) => [
  tf.layers.separableConv2d({
    ...{ filters, strides, kernelSize: 3, padding: 'same', activation: 'relu' },
    depthwiseInitializer: tf.initializers.heNormal({ seed }),
    pointwiseInitializer: tf.initializers.heNormal({ seed: seed + 1 }),
  }),
];
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({
      ...{ inputShape: [28, 28, 1], filters: 8, kernelSize: 3, strides: 2, padding: 'same' },
      ...{ activation: 'relu', ...start(1) },
    }),
    ...conv(16, 1, 2),
    ...conv(24, 2, 4),
    tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
    tf.layers.dense({ units: 10, activation: 'softmax', ...start(6) }),
  ],
});
await model.save(
  tf.io.withSaveHandler((made) => {
    const weightsManifest = [{ paths: ['weights.bin'], weights: made.weightSpecs }];
    const { modelTopology, format, generatedBy } = made;
    const json = { modelTopology, format, generatedBy, weightsManifest };
    writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
    writeFileSync(join(folder, 'weights.bin'), new Uint8Array(made.weightData));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  }),
);
