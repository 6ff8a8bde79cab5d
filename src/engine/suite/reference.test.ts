import { describe, expect, it } from 'vitest';
import { writeTflite } from '../../formats/tflite/write';
import { openOracle } from '../../testing/oracle';
import { createReferenceBackend } from '../reference';
import { suiteCases } from './cases';

const cases = suiteCases();

describe('reference kernels equal the TFLite runtime', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { graph, feeds }) => {
    const oracle = await openOracle(writeTflite(graph));
    const executable = await createReferenceBackend().prepare(graph);
    const ours = await executable.run(feeds);
    const theirs = oracle.run(feeds.map((feed) => feed.data as Int8Array));
    oracle.dispose();
    ours.forEach((tensor, index) => {
      expect(theirs[index]!.shape).toEqual(tensor.shape);
      const a = tensor.data as Int8Array;
      const b = theirs[index]!.data;
      let different = 0;
      let largest = 0;
      for (let i = 0; i < b.length; i++) {
        if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
        different++;
        largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
      }
      expect({ different, largest, of: b.length }).toEqual({
        different: 0,
        largest: 0,
        of: b.length,
      });
    });
  });
});
