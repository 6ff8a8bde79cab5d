import { describe, expect, it } from 'vitest';
import { createWasmBackend } from '.';
import { compareWithReference } from './browser-check';
import { wasmCases } from './cases';
import { openVariant, variants } from './variant';

describe('WASM kernels', async () => {
  const usable = [];
  for (const variant of variants) if (await openVariant(variant)) usable.push(variant);

  it('has a build for this machine, and the best one is chosen', async () => {
    expect(usable).toContain('dot16');
    expect((await createWasmBackend())?.variant).toBe(usable[0]);
  });

  describe.each(usable)('%s', (variant) => {
    it('equals the reference on random cases', async () => {
      const backend = (await createWasmBackend({ variant }))!;
      const cases = wasmCases(20, 60);
      const different = (await compareWithReference(backend, cases)).filter(
        ({ different }) => different > 0,
      );
      expect(different).toEqual([]);
    });
  });
});
