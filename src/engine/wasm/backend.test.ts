import { describe, expect, it } from 'vitest';
import { createWasmBackend } from '.';
import type { IntactError } from '../../model/error';
import type { Graph, Tensor } from '../../model/graph';
import { random } from '../../testing/random';
import { createReferenceBackend } from '../reference';
import type { SuiteCase } from '../suite/build';
import { activationValue, fullyConnectedCase, oneNode } from './cases';

const one = fullyConnectedCase(random(5), 'int8');

/** Claims this many int8 elements twice, in a few bytes. */
function vast(elements: number): Graph {
  const rng = random(1);
  const value = activationValue(rng, 'int8', [1, 8]);
  const { graph } = oneNode(rng, 'vast', { op: 'TANH', attrs: {} }, [value], value);
  return { ...graph, values: graph.values.map((one) => ({ ...one, shape: [1, elements] })) };
}

async function outputOf({ graph, feeds }: SuiteCase): Promise<Tensor> {
  const executable = await createReferenceBackend().prepare(graph);
  return (await executable.run(feeds))[0]!;
}

describe('WASM backend', () => {
  it('refuses a graph beyond 2 GiB before it allocates', async () => {
    const backend = (await createWasmBackend())!;
    const refusal = backend.prepare(vast(2 ** 31)).catch((error: IntactError) => error.code);
    expect(await refusal).toBe('limit');
    const half = backend.prepare(vast(2 ** 30)).catch((error: IntactError) => error.code);
    expect(await half).toBe('limit');
  });

  it('hands every computed value to the tap', async () => {
    const backend = (await createWasmBackend())!;
    const executable = await backend.prepare(one.graph);
    const seen = new Map<number, Tensor>();
    const [output] = await executable.run(one.feeds, (index, tensor) => {
      seen.set(index, { ...tensor, data: tensor.data.slice() });
    });
    expect(seen.get(one.graph.inputs[0]!)!.data).toEqual(one.feeds[0]!.data);
    expect(seen.get(one.graph.outputs[0]!)!.data).toEqual(output!.data);
    executable.dispose();
  });

  it('times a node only with keepAll and after a run', async () => {
    const backend = (await createWasmBackend())!;
    const executable = await backend.prepare(one.graph, { keepAll: true });
    await expect(executable.timeNode(0, 1)).rejects.toThrow(/keepAll/);
    await executable.run(one.feeds);
    expect(await executable.timeNode(0, 100)).toBeGreaterThan(0);
    executable.dispose();
  });

  it('computes the same in a memory that another graph has used', async () => {
    const backend = (await createWasmBackend())!;
    const rng = random(11);
    for (let i = 0; i < 10; i++) {
      const next = fullyConnectedCase(rng, i % 2 === 0 ? 'int8' : 'float32');
      const executable = await backend.prepare(next.graph);
      const [got] = await executable.run(next.feeds);
      executable.dispose();
      const want = await outputOf(next);
      if (want.dtype === 'int8') expect(got!.data).toEqual(want.data);
    }
  });

  it('holds many executables at once', async () => {
    const backend = (await createWasmBackend())!;
    const want = await outputOf(one);
    const held = [];
    for (let i = 0; i < 60; i++) held.push(await backend.prepare(one.graph));
    for (const executable of held) expect((await executable.run(one.feeds))[0]).toEqual(want);
    for (const executable of held) executable.dispose();
  });
});
