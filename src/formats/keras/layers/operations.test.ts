import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openFiles } from '../..';

it('keeps the constant of `x + 1.0` in a legacy .h5 of Keras 3, where the operation has no module', async () => {
  const bytes = readFileSync(new URL('../fixtures/keras3.h5', import.meta.url));
  const { graph } = await openFiles([{ path: 'keras3.h5', bytes: new Uint8Array(bytes) }]);
  const add = graph.nodes.find((node) => node.name === 'add')!;
  expect(add.op).toBe('ADD');
  const constant = add.inputs.map((index) => graph.values[index]!).find((value) => value.data)!;
  expect([...(constant.data as Float32Array)]).toEqual([1]);
});
