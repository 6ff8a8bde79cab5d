/** Float, int32 and bool operators of the reference against the TFLite runtime. */
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../../testing/relativeError';
import { byReference, inRuntime } from '../../../testing/run';
import { floatCases } from '../../suite/floatCases';

const cases = floatCases().map((one) => [one.name, one] as const);

describe('reference kernels agree with the TFLite runtime', () => {
  it.each(cases)('%s', async (_, { graph, feeds }) => {
    const ours = await byReference(graph, feeds);
    const theirs = await inRuntime(graph, feeds);
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
