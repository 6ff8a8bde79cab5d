/** Weights that moved, counted by hand. */
import { expect, it } from 'vitest';
import type { Graph } from '../../model/graph';
import { weightsMoved } from './weights';

const graph = (data: Float32Array | Int8Array): Graph =>
  ({
    name: 'net',
    inputs: [],
    outputs: [],
    layers: [],
    values: [{ name: 'x' }, { name: 'w', data }],
    nodes: [{ name: 'conv', inputs: [0, 1], outputs: [] }],
  }) as unknown as Graph;

const made = (float: readonly number[], integers: readonly number[]) => ({
  graph: graph(Float32Array.from(float)),
  converted: graph(Int8Array.from(integers)),
});

it('counts what changed, its root mean square, and the roundings that fell the other way', () => {
  const moved = weightsMoved(
    made([1, 2, -1, 0], [5, 10, -5, 0]),
    made([1, 2.5, -1.5, 0], [5, 13, -5, 0]),
    ['conv', 'conv'],
  )!;
  // Δw = 0, 0.5, −0.5, 0: √(0.5 / 4)
  expect(moved).toMatchObject({ count: 4, changed: 2, flipped: 1 });
  expect(moved.rms).toBeCloseTo(Math.sqrt(0.125), 6);
  expect([moved.delta.min, moved.delta.max]).toEqual([-0.5, 0.5]);
  expect(moved.delta.counts.reduce((sum, count) => sum + count, 0)).toBe(4);
});

it('says nothing of layers without weights, or of other sizes', () => {
  expect(weightsMoved(made([1], [1]), made([1, 2], [1, 2]), ['conv', 'conv'])).toBeUndefined();
  expect(weightsMoved(made([1], [1]), made([1], [1]), ['conv', 'other'])).toBeUndefined();
});
