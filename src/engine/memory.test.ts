import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph, Node, Value } from '../model/graph';
import { planMemory, storageBytes } from './memory';

/** A graph of unary nodes; `from[k]` is the value that node k reads, value 0 the input. */
function chain(sizes: readonly number[], from: readonly number[]): Graph {
  const values = sizes.map((size, index): Value => ({
    name: `v${index}`,
    shape: [size],
    dtype: 'float32',
  }));
  const nodes = from.map((input, index): Node => ({
    name: `n${index}`,
    op: 'RELU',
    attrs: {},
    inputs: [input],
    outputs: [index + 1],
    layer: 0,
  }));
  const layers = [{ name: 'l', type: 'RELU' }];
  return { name: 'g', values, nodes, inputs: [0], outputs: [sizes.length - 1], layers };
}

const graphs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.nat()), { minLength: 2, maxLength: 30 })
  .map((items) =>
    chain(
      items.map(([size]) => size),
      items.slice(1).map(([, pick], index) => pick % (index + 1)),
    ),
  );

describe('memory planner', () => {
  it('gives values that live at once bytes of their own', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { offsets, total } = planMemory(graph);
        const last = graph.values.map((_, index) =>
          graph.outputs.includes(index)
            ? Infinity
            : Math.max(
                index - 1,
                ...graph.nodes.map((node, at) => (node.inputs.includes(index) ? at : -1)),
              ),
        );
        graph.values.forEach((a, i) => {
          const size = storageBytes(a.dtype, a.shape);
          expect(offsets[i]! % 16).toBe(0);
          expect(offsets[i]! + size).toBeLessThanOrEqual(total);
          graph.values.forEach((b, j) => {
            // Value i is made by node i − 1; both live when the later one is made.
            if (i === j || Math.max(i, j) - 1 > Math.min(last[i]!, last[j]!)) return;
            const apart =
              offsets[i]! + size <= offsets[j]! ||
              offsets[j]! + storageBytes(b.dtype, b.shape) <= offsets[i]!;
            if (size > 0 && storageBytes(b.dtype, b.shape) > 0) expect(apart).toBe(true);
          });
        });
      }),
    );
  });

  it('reuses bytes in a chain, and not with keepAll', () => {
    const graph = chain([64, 64, 64, 64, 64], [0, 1, 2, 3]);
    expect(planMemory(graph).total).toBe(2 * 64 * 4);
    expect(planMemory(graph, { keepAll: true }).total).toBe(5 * 64 * 4);
  });
});
