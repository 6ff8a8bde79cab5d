import { expect, it } from 'vitest';
import { openBackend } from '../backend';
import { wasmPath } from '../testing/wasm';
import { tf } from '../tf';
import { isWasmBackend } from './heap';

it('finds the parts of the backend that are not public', async () => {
  const { heap } = await openBackend('wasm', wasmPath);
  expect(isWasmBackend(tf.backend())).toBe(true);
  const tensor = tf.tensor1d([1, 2, 3]);
  const numbers = new Float32Array(3);
  heap!.read(tensor, numbers);
  expect([...numbers]).toEqual([1, 2, 3]);
  heap!.write(tensor, Float32Array.of(4, 5, 6));
  expect([...tensor.dataSync()]).toEqual([4, 5, 6]);
  expect(tf.version_core).toBe('4.22.0');
});
