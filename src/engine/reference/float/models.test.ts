/** Float models of shared/models through the reference backend, against the TFLite runtime. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { feedsOf } from '../../../testing/feeds';
import { sharedModel } from '../../../testing/models';
import { openOracle } from '../../../testing/oracle';
import { random } from '../../../testing/random';
import { relativeError } from '../../../testing/relativeError';
import { hasShared, sharedPath } from '../../../testing/shared';
import { createReferenceBackend } from '..';

const oneOp = 'models/one-op';
/** Dropped from the comparison: the reason. */
const apart: Readonly<Record<string, string>> = {
  'simple_composite.tflite': 'the runtime in node predates composites',
  'single_slice.tflite': 'its begin has one element for three axes; no runtime runs it',
};
const names = hasShared
  ? [
      ...readdirSync(sharedPath(oneOp))
        .filter((name) => name.endsWith('.tflite') && !(name in apart))
        .map((name) => `${oneOp}/${name}`),
      'models/mnist-conv-fc/conv_fc_mnist.tflite',
      'models/mlperf-tiny/resnet8_float.tflite',
      'models/mlperf-tiny/vww_96_float.tflite',
      'models/mlperf-tiny/ad01_float.tflite',
    ]
  : [];

describe.skipIf(!hasShared)('float models agree with the TFLite runtime', () => {
  it.each(names)('%s', async (name) => {
    const { bytes, graph } = sharedModel(name);
    const executable = await createReferenceBackend().prepare(graph);
    const oracle = await openOracle(bytes);
    for (const seed of [1, 2]) {
      const feeds = feedsOf(graph, random(seed));
      const ours = await executable.run(feeds);
      const theirs = oracle.run(feeds.map((feed) => feed.data as Float32Array));
      expect(theirs.length).toBe(ours.length);
      theirs.forEach(({ data }, index) => {
        expect(relativeError(ours[index]!.data as Float32Array, data)).toBeLessThan(1e-5);
      });
    }
    oracle.dispose();
  });

  it('adds in a composite that is flattened', async () => {
    const { graph } = sharedModel(`${oneOp}/simple_composite.tflite`);
    const feeds = feedsOf(graph, random(3));
    const [sum] = await (await createReferenceBackend().prepare(graph)).run(feeds);
    const [a, b] = feeds.map((feed) => feed.data as Float32Array) as [Float32Array, Float32Array];
    // LiteRT 2 (ai-edge-litert) gives a + b exactly.
    expect(sum!.data).toEqual(a.map((x, i) => x + b[i]!));
  });
});
