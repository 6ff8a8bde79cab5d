import { describe, expect, it } from 'vitest';
import { openOracle } from './oracle';
import { hasShared, readShared } from './shared';

describe.skipIf(!hasShared)('the TFLite runtime in node', () => {
  it.each(['resnet8_int8', 'vww_96_int8', 'ad01_int8', 'kws_int8', 'str_ww_int8'])(
    'runs %s',
    async (name) => {
      const oracle = await openOracle(readShared(`models/mlperf-tiny/${name}.tflite`));
      const feeds = oracle.inputs.map(
        (input) => new Int8Array(input.shape.reduce((a, b) => a * b, 1)),
      );
      const outputs = oracle.run(feeds);
      expect(outputs[0]!.dtype).toBe('int8');
      oracle.dispose();
    },
  );
});
