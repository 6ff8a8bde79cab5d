import { describe, expect, it } from 'vitest';
import { byReference, inRuntime } from '../../testing/run';
import { unlike } from '../../testing/unlike';
import { suiteCases } from './cases';

const cases = suiteCases();

describe('reference kernels equal the TFLite runtime', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { graph, feeds }) => {
    const theirs = await inRuntime(graph, feeds);
    const ours = await byReference(graph, feeds);
    ours.forEach(({ shape, data }, index) => {
      expect(theirs[index]!.shape).toEqual(shape);
      expect(unlike(data, theirs[index]!.data)).toBe(0);
    });
  });
});
