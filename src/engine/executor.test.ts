import { describe, expect, it } from 'vitest';
import { IntactError } from '../model/error';
import type { DType, Graph, Node, Tensor, TensorData, Value } from '../model/graph';
import { builder } from '../testing/graphs';
import { createExecutable } from './executor';
import { createReferenceBackend, referenceKernel } from './reference';

const value = (
  name: string,
  shape: number[],
  dtype: DType = 'float32',
  data?: TensorData,
): Value => ({
  name,
  shape,
  dtype,
  ...(data ? { data } : {}),
});
const add = (name: string, a: number, b: number, out: number): Node => ({
  name,
  op: 'ADD',
  attrs: { activation: 'NONE' },
  inputs: [a, b],
  outputs: [out],
  layer: 0,
});

/** ((x + 1) + x) */
const graph: Graph = {
  name: 'g',
  values: [
    value('x', [2]),
    value('one', [1], 'float32', Float32Array.of(1)),
    value('y', [2]),
    value('z', [2]),
  ],
  nodes: [add('first', 0, 1, 2), add('second', 2, 0, 3)],
  inputs: [0],
  outputs: [3],
  layers: [{ name: 'dense', type: 'Add' }],
};
const feed = (...data: number[]) => ({
  shape: [data.length],
  dtype: 'float32' as const,
  data: Float32Array.from(data),
});
const backend = createReferenceBackend();

async function refusal(promise: Promise<unknown>): Promise<IntactError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof IntactError)) throw new Error('no refusal');
  return thrown;
}

describe('executor', () => {
  it('runs, and shows every value to the tap, inputs first', async () => {
    const executable = await backend.prepare(graph);
    const seen: [number, number[]][] = [];
    const [out] = await executable.run([feed(1, 2)], (index, { data }) => {
      seen.push([index, Array.from(data as Float32Array)]);
    });
    expect(out).toEqual({ shape: [2], dtype: 'float32', data: Float32Array.of(3, 5) });
    expect(seen).toEqual([
      [0, [1, 2]],
      [2, [2, 3]],
      [3, [3, 5]],
    ]);
    await executable.run([feed(0, 0)]);
    expect(out!.data).toEqual(Float32Array.of(3, 5)); // outputs are copies
  });

  it('refuses feeds that do not fit', async () => {
    const executable = await backend.prepare(graph);
    const cases = [
      [],
      [feed(1, 2, 3)],
      [{ ...feed(1, 2), dtype: 'int8' as const }],
      [{ ...feed(1, 2), data: Float32Array.of(1) }],
    ];
    for (const feeds of cases) {
      expect((await refusal(executable.run(feeds))).code).toBe('bad-data');
    }
  });

  it('names everything that it cannot run', async () => {
    const lstm = (name: string): Node => ({
      name,
      op: 'UNSUPPORTED',
      attrs: { kind: 'LSTM', reason: 'recurrent layers are not supported' },
      inputs: [0],
      outputs: [2],
      layer: 0,
    });
    const error = await refusal(
      backend.prepare({ ...graph, nodes: [lstm('a'), add('second', 2, 0, 3)] }),
    );
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain('LSTM (layer dense)');
    expect(error.data.list).toHaveLength(1);
  });

  it('refuses more memory than there is before allocating it', async () => {
    const size = 2 ** 29;
    const huge: Graph = {
      ...graph,
      values: graph.values.map((one) => (one.data ? one : { ...one, shape: [size] })),
    };
    expect((await refusal(backend.prepare(huge))).code).toBe('limit');
  });

  it('refuses a value that nothing computes', async () => {
    const error = await refusal(backend.prepare({ ...graph, nodes: [add('second', 2, 0, 3)] }));
    expect(error.code).toBe('malformed');
    expect(error.message).toContain('"y"');
  });

  it('computes what depends on constants only once, and shows it to every tap', async () => {
    const one = graph.values[1]!;
    const half: Graph = {
      ...graph,
      values: [
        ...graph.values.map((value) => (value === one ? { ...one, data: undefined } : value)),
        value('bits', [1], 'float16', Uint16Array.of(0x3c00)),
      ],
      nodes: [
        { name: 'up', op: 'DEQUANTIZE', attrs: {}, inputs: [4], outputs: [1], layer: 0 },
        ...graph.nodes,
      ],
    };
    const executable = await backend.prepare(half);
    for (let run = 0; run < 2; run++) {
      const seen: number[] = [];
      const [out] = await executable.run([feed(1, 2)], (index) => {
        seen.push(index);
      });
      expect(out!.data).toEqual(Float32Array.of(3, 5));
      expect(seen).toEqual([0, 1, 2, 3]);
    }
  });

  it('awaits the tap before it computes on, and keeps other runs out meanwhile', async () => {
    const executable = await backend.prepare(graph);
    const seen: [number, number[]][] = [];
    const slow = executable.run([feed(1, 2)], async (index, { data }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      seen.push([index, Array.from(data as Float32Array)]);
    });
    const [[first], [second]] = await Promise.all([slow, executable.run([feed(0, 10)])]);
    expect(seen).toEqual([
      [0, [1, 2]],
      [2, [2, 3]],
      [3, [3, 5]],
    ]);
    expect(first!.data).toEqual(Float32Array.of(3, 5));
    expect(second!.data).toEqual(Float32Array.of(1, 21));
  });

  it('ends a run with what its tap rejects, and one that is disposed of in between', async () => {
    const executable = await backend.prepare(graph);
    const stop = new Error('enough');
    const failing = executable.run([feed(1, 2)], () => Promise.reject(stop));
    await expect(failing).rejects.toBe(stop);
    expect((await executable.run([feed(1, 2)]))[0]!.data).toEqual(Float32Array.of(3, 5));
    const disposed = executable.run([feed(1, 2)], async () => {
      executable.dispose();
    });
    expect((await refusal(disposed)).code).toBe('internal');
  });

  it('times a node with keepAll after a run', async () => {
    const executable = await backend.prepare(graph, { keepAll: true });
    expect((await refusal(executable.timeNode(0, 1))).code).toBe('usage');
    await executable.run([feed(1, 2)]);
    expect(await executable.timeNode(1, 10)).toBeGreaterThanOrEqual(0);
    executable.dispose();
    expect((await refusal(executable.run([feed(1, 2)]))).code).toBe('internal');
  });
});

describe('branches', () => {
  /** x → double → sum with x; a branch stands in for `double`. */
  function branching() {
    const b = builder();
    const x = b.input('x', [2]);
    const two = b.constant('two', [2], [2, 2]);
    const plain = { activation: 'NONE' } as const;
    const doubled = b.node('MUL', 'double', plain, [x, two], [2]);
    const sum = b.node('ADD', 'sum', plain, [x, doubled], [2]);
    const squared = b.node('MUL', 'square', plain, [x, x], [2]);
    const shifted = b.node('ADD', 'shift', plain, [squared, two], [2]);
    const graph = b.graph([sum, doubled]);
    const branches = [
      { nodes: [2, 3], instead: [[doubled, shifted]] },
      { nodes: [], instead: [[x, two]] },
    ] as const;
    return { graph, branches };
  }
  const feeds = [{ shape: [2], dtype: 'float32' as const, data: Float32Array.of(3, -1) }];
  const numbersOf = (tensors: readonly Tensor[]) => tensors.map(({ data }) => [...data]);

  it('compute what follows other numbers, and leave the run as it was', async () => {
    const { graph, branches } = branching();
    const executable = createExecutable(graph, referenceKernel, { keepAll: true, branches });
    const tapped: number[] = [];
    const outputs = await executable.run(feeds, (index) => void tapped.push(index));
    expect(numbersOf(outputs)).toEqual([
      [9, -3],
      [6, -2],
    ]);
    // The branch's own nodes are left out of a run.
    expect(tapped.map((index) => graph.values[index]!.name)).toEqual(['x', 'double:0', 'sum:0']);
    for (let twice = 0; twice < 2; twice++) {
      // 3² + 2 = 11 and (−1)² + 2 = 3 in place of 6 and −2.
      expect(numbersOf(await executable.runBranch!(0))).toEqual([
        [14, 2],
        [11, 3],
      ]);
      // 2 in place of x: 2 + 4.
      expect(numbersOf(await executable.runBranch!(1))).toEqual([
        [6, 6],
        [4, 4],
      ]);
    }
  });

  it('are refused without a run before, without keepAll, and where there is none', async () => {
    const { graph, branches } = branching();
    const fresh = createExecutable(graph, referenceKernel, { keepAll: true, branches });
    await expect(fresh.runBranch!(0)).rejects.toMatchObject({ code: 'usage' });
    await fresh.run(feeds);
    await expect(fresh.runBranch!(2)).rejects.toMatchObject({ code: 'usage' });
    const reusing = createExecutable(graph, referenceKernel, { branches });
    await reusing.run(feeds);
    await expect(reusing.runBranch!(0)).rejects.toMatchObject({ code: 'usage' });
  });
});
