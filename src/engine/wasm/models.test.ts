import { describe, expect, it } from 'vitest';
import { createWasmBackend } from '.';
import { feedsOf } from '../../testing/feeds';
import { sharedModel } from '../../testing/models';
import { openOracle } from '../../testing/oracle';
import { random } from '../../testing/random';
import { relativeError } from '../../testing/relativeError';
import { hasShared } from '../../testing/shared';

const folder = 'models/mlperf-tiny';

describe.skipIf(!hasShared)('whole models on WASM and in the TFLite runtime', () => {
  it.each([
    ['resnet8_int8', 0],
    ['vww_96_int8', 0],
    ['ad01_int8', 0],
    ['kws_int8', 0],
    ['str_ww_int8', 0],
    ['resnet8_float', 1e-5],
    ['vww_96_float', 1e-5],
    ['ad01_float', 1e-5],
  ])('%s', async (name, tolerance) => {
    const { bytes, graph } = sharedModel(`${folder}/${name}.tflite`);
    const oracle = await openOracle(bytes);
    const backend = (await createWasmBackend({ variant: 'dot16' }))!;
    const executable = await backend.prepare(graph);
    const rng = random(3);
    for (let sample = 0; sample < 5; sample++) {
      const feeds = feedsOf(graph, rng);
      const want = oracle.run(feeds.map(({ data }) => data as Int8Array))[0]!.data;
      const got = (await executable.run(feeds))[0]!.data as ArrayLike<number>;
      expect(relativeError(got, want)).toBeLessThanOrEqual(tolerance);
    }
    executable.dispose();
    oracle.dispose();
  });
});
