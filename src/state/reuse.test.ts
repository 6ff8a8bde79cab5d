import { expect, test } from 'vitest';
import type { Run } from '../jobs/types';
import { reuse } from './reuse';

test('what did not change keeps its identity', () => {
  const layer = (id: string, msFloat?: number) => ({ id, outputShape: [1, 4], msFloat });
  const run = (layers: unknown[]) => ({ id: 'r', graph: { nodes: [] }, layers }) as unknown as Run;
  const before = run([layer('a'), layer('b')]);
  const after = reuse(before, run([layer('a'), layer('b', 0.5)]));
  expect(after.graph).toBe(before.graph);
  expect(after.layers[0]).toBe(before.layers[0]);
  expect(after.layers[1]).toMatchObject({ id: 'b', msFloat: 0.5 });
  const other = { ...before, id: 'other' };
  expect(reuse(before, other)).toBe(other);
});
