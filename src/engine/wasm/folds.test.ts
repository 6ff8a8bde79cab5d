import { describe, expect, it } from 'vitest';
import { createWasmBackend } from '.';
import type { Tensor } from '../../model/graph';
import { random } from '../../testing/random';
import { createReferenceBackend } from '../reference';
import { paddedCase } from './cases-pad';
import { foldsOf } from './folds';

const rng = random(8);
const cases = Array.from({ length: 60 }, (_, i) => paddedCase(rng, i % 2 ? 'int8' : 'float32'));

describe('PADs that a convolution takes in', () => {
  it('are those whose border is the convolution’s own, and that nobody else reads', () => {
    const found = cases.map(({ graph }) => {
      const [pad] = graph.nodes;
      const border = graph.values[pad!.inputs[2] ?? -1]?.data?.[0];
      const own = graph.values[0]!.quant?.zeroPoint[0] ?? 0;
      const expected = graph.outputs.length === 1 && (border === undefined || border === own);
      return [foldsOf(graph).size, expected ? 1 : 0];
    });
    expect(found.filter(([size, expected]) => size !== expected)).toEqual([]);
    expect(found.filter(([size]) => size === 1).length).toBeGreaterThan(30);
  });

  it('are shown to a tap like all else, before and after runs without one', async () => {
    const backend = (await createWasmBackend())!;
    for (const { graph, feeds, name } of cases.filter(({ graph }) => foldsOf(graph).size > 0)) {
      const reference = await createReferenceBackend().prepare(graph);
      let want: Tensor | undefined;
      await reference.run(feeds, (value, tensor) => {
        if (value === 0) want = { ...tensor, data: tensor.data.slice() };
      });
      const executable = await backend.prepare(graph);
      const plain = await executable.run(feeds);
      let got: Tensor | undefined;
      const tapped = await executable.run(feeds, (value, tensor) => {
        if (value === 0) got = { ...tensor, data: tensor.data.slice() };
      });
      expect([name, got]).toEqual([name, want]);
      expect([name, tapped]).toEqual([name, plain]);
      expect([name, await executable.run(feeds)]).toEqual([name, plain]);
      executable.dispose();
    }
  });
});
