/** What is decided without a GPU: layouts, slots, batches, plans, and what stands in the shaders. */
import { describe, expect, it } from 'vitest';
import type { Graph, Value } from '../../model/graph';
import { suiteCases } from '../suite/cases';
import { batchFor } from '.';
import type { Abilities } from './kernels/site';
import { layoutOf, load, sameBytes, store } from './layout';
import { planGraph, type GpuPlan } from './plan';
import { lines } from './program';
import { selfTestCases } from './selfTestCases';
import { planSlots } from './slots';
import { shapesFor } from './kernels/linear';

const abilities: Abilities = { arithmetic: 'dot4', floats: 'float' };

function planned(graph: Graph, shapes?: 'every'): GpuPlan {
  const plan = planGraph(graph, { batch: 4, abilities, shapes });
  if (!('steps' in plan)) throw new Error(plan.join(' '));
  return plan;
}

const int8Layout = (shape: readonly number[]) => layoutOf({ dtype: 'int8', shape })!;

describe('layout', () => {
  it('pads rows of int8 to words, and gives back what was stored', () => {
    const layout = int8Layout([2, 3, 5]);
    expect(layout).toMatchObject({ rows: 6, width: 5, stride: 2, words: 12 });
    const data = Int8Array.from({ length: 30 }, (_, i) => i - 15);
    const memory = new ArrayBuffer(4 * 20);
    store(layout, data, memory, 3);
    expect(new Int8Array(memory)[12 + 8]).toBe(data[5]);
    expect(load(layout, memory, 3)).toEqual(data);
  });

  it('has no place for other types and for nothing', () => {
    expect(layoutOf({ dtype: 'bool', shape: [4] })).toBeUndefined();
    expect(layoutOf({ dtype: 'int8', shape: [1, 0, 4] })).toBeUndefined();
    expect(layoutOf({ dtype: 'float32', shape: [] })).toMatchObject({ rows: 1, words: 1 });
  });

  it('knows when a reshape moves nothing', () => {
    expect(sameBytes(int8Layout([1, 7, 7, 64]), int8Layout([1, 3136]))).toBe(true);
    expect(sameBytes(int8Layout([1, 2, 2, 5]), int8Layout([1, 20]))).toBe(false);
    expect(sameBytes(int8Layout([1, 4, 5]), int8Layout([4, 5]))).toBe(true);
  });
});

describe('slots', () => {
  it('takes a buffer over once nobody needs it, never one that the step reads', () => {
    const uses = [
      { reads: [0], writes: [1] },
      { reads: [1], writes: [2] },
      { reads: [2], writes: [3] },
      { reads: [3], writes: [4] },
    ];
    const { slots, sizes } = planSlots(uses, (root) => 10 * (root + 1), new Set([0, 4]));
    expect(slots.get(1)).not.toBe(slots.get(2));
    expect(slots.get(3)).toBe(slots.get(1));
    expect(sizes[slots.get(3)!]).toBe(40);
    expect(new Set([slots.get(0), slots.get(4), slots.get(1), slots.get(2)]).size).toBe(4);
    expect(planSlots(uses, () => 1, new Set([0, 4]), true).sizes).toHaveLength(5);
  });
});

describe('dispatches', () => {
  it('stay within the limit of a dimension', () => {
    expect(lines(1)).toEqual([1, 1, 1]);
    const [x, y] = lines(128 * 200_000);
    expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
    expect(x * y).toBeGreaterThanOrEqual(200_000);
  });

  it('give every row of a batch to some workgroup, in every shape', () => {
    for (const { graph } of selfTestCases()) {
      for (const { alternatives } of planned(graph, 'every').steps) {
        for (const program of alternatives) {
          const [x, y, z] = program.groups(4);
          const [fewer] = [program.groups(1)];
          expect(x * y * z).toBeGreaterThan(0);
          expect(fewer[0] * fewer[1] * fewer[2]).toBeLessThanOrEqual(x * y * z);
        }
      }
    }
  });

  it('split K for small products and tile large ones', () => {
    expect(shapesFor(1, 1000, 80)[0]!.kind).toBe('row');
    expect(shapesFor(32, 1024, 64)[0]).toEqual({ kind: 'direct', columns: 8, rows: 2, slices: 16 });
    expect(shapesFor(401_408, 96, 2)[0]).toEqual({ kind: 'tile', steps: 2 });
    expect(shapesFor(25_088, 512, 32)[0]).toEqual({ kind: 'tile', steps: 4 });
  });
});

describe('batches', () => {
  const value = (name: string, elements: number): Value => ({
    name,
    shape: [1, elements],
    dtype: 'float32',
  });
  const graph = (elements: number): Graph => ({
    name: 'wide',
    values: [value('x', elements), value('y', elements)],
    ...{ nodes: [], inputs: [0], outputs: [1], layers: [] },
  });

  it('are as large as the adapter and the model let them be', () => {
    expect(batchFor(graph(1000), 2 ** 27)).toBe(32);
    expect(batchFor(graph(2 ** 21), 2 ** 27)).toBe(16);
    expect(batchFor(graph(2 ** 26), 2 ** 27)).toBe(0);
    expect(batchFor(graph(1000), 2 ** 27, 8)).toBe(8);
  });
});

describe('plans', () => {
  it('share a pipeline between products that differ in size, grid and weights only', () => {
    const [first, , , , second] = selfTestCases();
    const codes = [first!, second!].map(
      ({ graph }) => planned(graph, 'every').steps[0]!.alternatives[0]!.code,
    );
    expect(codes[0]).toBe(codes[1]);
  });

  it('name every operator that they have no kernel for, and why', () => {
    let refused = 0;
    for (const { graph } of suiteCases()) {
      const plan = planGraph(graph, { batch: 2, abilities });
      if ('steps' in plan) continue;
      refused++;
      expect(plan.length).toBeGreaterThan(0);
      for (const reason of plan) expect(reason).toMatch(/^[A-Z].*\.$/);
    }
    expect(refused).toBeGreaterThan(10);
  });

  it('refuse what failed the self-test, in its words', () => {
    const { graph } = selfTestCases()[0]!;
    const failing = new Map([['matrix', 'it computed wrongly'] as const]);
    expect(planGraph(graph, { batch: 2, abilities, failing })).toEqual([
      'CONV_2D "CONV_2D": it computed wrongly',
    ]);
  });

  it('need no dot4I8Packed where the adapter emulates it', () => {
    for (const { graph } of selfTestCases()) {
      const plan = planGraph(graph, {
        ...{ batch: 2, shapes: 'every' },
        abilities: { arithmetic: 'f32', floats: 'exact' },
      });
      if (!('steps' in plan)) throw new Error(plan.join(' '));
      for (const { alternatives } of plan.steps)
        for (const { code } of alternatives) expect(code).not.toContain('dot4I8Packed');
    }
  });
});
