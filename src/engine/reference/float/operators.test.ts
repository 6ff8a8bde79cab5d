/** Float, int32 and bool operators of the reference against the TFLite runtime. */
import { describe, expect, it } from 'vitest';
import { writeTflite } from '../../../formats/tflite/write';
import { runOracle } from '../../../testing/oracle';
import { relativeError } from '../../../testing/relativeError';
import { floatCases } from '../../suite/floatCases';
import { createReferenceBackend } from '..';

const cases = floatCases().map((one) => [one.name, one] as const);

describe('reference kernels agree with the TFLite runtime', () => {
  it.each(cases)('%s', async (_, { graph, feeds }) => {
    const executable = await createReferenceBackend().prepare(graph);
    const ours = await executable.run(feeds);
    const theirs = await runOracle(writeTflite(graph), feeds);
    ours.forEach((tensor, index) => {
      const { shape, data } = theirs[index]!;
      expect(shape).toEqual(tensor.shape);
      const exact = tensor.dtype !== 'float32';
      expect(relativeError(tensor.data as Float32Array, data)).toBeLessThanOrEqual(
        exact ? 0 : 1e-5,
      );
    });
  });
});
