import { describe, expect, it } from 'vitest';
import { createWasmBackend } from '.';
import { openOracle } from '../../testing/oracle';
import { hasShared, readShared } from '../../testing/shared';
import { readTflite } from '../../formats/tflite';
import { elementCount, type Tensor } from '../../model/graph';
import { float32Data, int8Data, seeded } from './cases';

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
    const bytes = readShared(`${folder}/${name}.tflite`);
    const oracle = await openOracle(bytes);
    const { graph } = readTflite(bytes);
    const backend = (await createWasmBackend({ variant: 'dot16' }))!;
    const executable = await backend.prepare(graph);
    const random = seeded(3);
    for (let sample = 0; sample < 5; sample++) {
      const feeds = graph.inputs.map((index): Tensor => {
        const { shape, dtype } = graph.values[index]!;
        const length = elementCount(shape);
        const data = dtype === 'int8' ? int8Data(random, length) : float32Data(random, length);
        return { shape, dtype, data };
      });
      const want = oracle.run(feeds.map(({ data }) => data as Int8Array))[0]!.data;
      const got = (await executable.run(feeds))[0]!.data as ArrayLike<number>;
      const largest = Math.max(...Array.from(want, Math.abs));
      const error = Array.from(want, (value, i) => Math.abs(value - got[i]!));
      expect(Math.max(...error)).toBeLessThanOrEqual(tolerance * largest);
    }
    executable.dispose();
    oracle.dispose();
  });
});
