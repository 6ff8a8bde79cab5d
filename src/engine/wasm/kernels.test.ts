import { describe, expect, it } from 'vitest';
import { createWasmBackend } from '.';
import { random } from '../../testing/random';
import { kernelSites } from '../refusals';
import { suiteCases } from '../suite/cases';
import { wasmCases } from './all-cases';
import { compareWithReference } from './browser-check';
import { buildFor, noScratch } from './build';
import { hybridCase } from './cases';
import { createHeap } from './heap';
import { wasmKernels } from './kernels';
import { openVariant, variants, type Variant } from './variant';

describe('WASM kernels', async () => {
  const usable: Variant[] = [];
  for (const variant of variants) if (await openVariant(variant)) usable.push(variant);

  it('has a build for this machine, and the best one is chosen', async () => {
    expect(usable).toContain('dot16');
    expect((await createWasmBackend())?.variant).toBe(usable[0]);
  });

  it('has a kernel of its own for most of the cases that are compared', async () => {
    const heap = createHeap((await openVariant('dot16'))!);
    const tally = new Map<string, number[]>();
    for (const { graph } of wasmCases(20, 60).filter((one) => one.graph.nodes.length === 1)) {
      const site = kernelSites(graph)[0]!;
      const key = `${site.node.op} ${site.inputs[0]!.dtype}`;
      const build = buildFor(site, heap, 'dot16', noScratch());
      const counts = tally.get(key) ?? [0, 0];
      counts[wasmKernels[site.node.op]?.(build) ? 0 : 1]!++;
      tally.set(key, counts);
    }
    expect(tally.size).toBeGreaterThan(15);
    for (const [key, [own, other]] of tally) expect([key, own! > other!]).toEqual([key, true]);
  });

  describe.each(usable)('%s', (variant) => {
    it('equals the reference on random cases', async () => {
      const backend = (await createWasmBackend({ variant }))!;
      const results = await compareWithReference(backend, wasmCases(20, 60));
      expect(results.filter(({ different }) => different > 0)).toEqual([]);
    });

    it('equals the reference to the last bit in dynamic range', async () => {
      const backend = (await createWasmBackend({ variant }))!;
      const rng = random(21);
      const cases = Array.from({ length: 120 }, () => hybridCase(rng));
      const results = await compareWithReference(backend, cases, 0);
      expect(results.filter(({ different }) => different > 0)).toEqual([]);
    });

    it('equals the reference on the cases of every backend', async () => {
      const backend = (await createWasmBackend({ variant }))!;
      const results = await compareWithReference(backend, suiteCases());
      expect(results.filter(({ different }) => different > 0)).toEqual([]);
    });
  });
});
