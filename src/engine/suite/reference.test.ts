import { describe, expect, it } from 'vitest';
import { writeTflite } from '../../formats/tflite/write';
import { runOracle } from '../../testing/oracle';
import { unlike } from '../../testing/unlike';
import { createReferenceBackend } from '../reference';
import { suiteCases } from './cases';

const cases = suiteCases();

describe('reference kernels equal the TFLite runtime', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, { graph, feeds }) => {
    const theirs = await runOracle(writeTflite(graph), feeds);
    const executable = await createReferenceBackend().prepare(graph);
    const ours = await executable.run(feeds);
    ours.forEach(({ shape, data }, index) => {
      expect(theirs[index]!.shape).toEqual(shape);
      expect(unlike(data, theirs[index]!.data)).toBe(0);
    });
  });
});
