import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elementCount } from '../../model/graph';
import { feedsOf } from '../../testing/feeds';
import { sharedArray, sharedModel } from '../../testing/models';
import { openOracle } from '../../testing/oracle';
import { random } from '../../testing/random';
import { hasShared, sharedPath } from '../../testing/shared';
import { unlike } from '../../testing/unlike';
import { createReferenceBackend } from '../reference';

const samples = 5;
const models = [
  'mlperf-tiny/resnet8_int8',
  'mlperf-tiny/vww_96_int8',
  'mlperf-tiny/ad01_int8',
  'mlperf-tiny/ad01_int8_float_io',
  'mlperf-tiny/kws_int8',
  'mlperf-tiny/str_ww_int8',
  'mnist-conv-fc/conv_fc_mnist_srq_a8w8',
  'mlperf-tiny/ad01_dynamic',
];

describe.skipIf(!hasShared)('whole models equal the TFLite runtime', () => {
  it('has the models', () => {
    expect(readdirSync(sharedPath('models')).length).toBeGreaterThan(0);
  });
  it.each(models)('%s', async (name) => {
    const { bytes, graph } = sharedModel(`models/${name}.tflite`);
    const oracle = await openOracle(bytes);
    const executable = await createReferenceBackend().prepare(graph);
    const rng = random(7);
    let different = 0;
    for (let sample = 0; sample < samples; sample++) {
      const feeds = feedsOf(graph, rng);
      const ours = await executable.run(feeds);
      const theirs = oracle.run(feeds.map((feed) => feed.data as Int8Array));
      theirs.forEach((output, index) => {
        different += unlike(ours[index]!.data, output.data);
      });
    }
    oracle.dispose();
    executable.dispose();
    expect(different).toBe(0);
  });

  it('resnet8_int8 on CIFAR-10 images', async () => {
    const { bytes, graph } = sharedModel('models/mlperf-tiny/resnet8_int8.tflite');
    const images = await sharedArray('data/cifar10/cifar10_1000.npz', 'x.npy');
    const oracle = await openOracle(bytes);
    const executable = await createReferenceBackend().prepare(graph);
    const { shape, dtype } = graph.values[graph.inputs[0]!]!;
    const size = elementCount(shape);
    let different = 0;
    for (let sample = 0; sample < 20; sample++) {
      const start = sample * size;
      const pixels = images.data.subarray(start, start + size);
      const data = Int8Array.from(pixels, (pixel) => pixel - 128);
      const [ours] = await executable.run([{ shape, dtype, data }]);
      const [theirs] = oracle.run([data]);
      different += unlike(ours!.data, theirs!.data);
    }
    oracle.dispose();
    expect(different).toBe(0);
  });
});
