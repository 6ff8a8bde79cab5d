/** int16 activations against the current LiteRT's numbers (scripts/fixtures/make_int16_goldens.mjs). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../testing/relativeError';
import type { Backend } from '../engine';
import { createReferenceBackend } from '../reference';
import { createWasmBackend } from '../wasm';
import { int16Cases } from './int16';

type Golden = { readonly outputs: readonly string[] } | { readonly refused: string };
const { goldens } = JSON.parse(
  readFileSync(new URL('./fixtures/litert/int16.json', import.meta.url)).toString(),
) as { goldens: Record<string, Golden> };

/** Without a kernel here. */
const without = /^(RSQRT|SQRT|GELU|DIV|DEPTHWISE.*int4)/;

const cases = [1, 2, 3].flatMap((seed) =>
  int16Cases(seed).flatMap((one) => {
    const golden = goldens[`${seed} ${one.name}`]!;
    return 'outputs' in golden && !without.test(one.name)
      ? [{ ...one, seed, outputs: golden.outputs }]
      : [];
  }),
);

async function differences(backend: Backend): Promise<{ compared: number; different: string[] }> {
  let compared = 0;
  const different: string[] = [];
  for (const { name, seed, graph, feeds, outputs } of cases) {
    const executable = await backend.prepare(graph);
    const ours = await executable.run(feeds);
    executable.dispose();
    outputs.forEach((packed, at) => {
      const bytes = Uint8Array.from(Buffer.from(packed, 'base64'));
      const { data, dtype } = ours[at]!;
      if (dtype === 'float32') {
        expect(relativeError(data as Float32Array, new Float32Array(bytes.buffer))).toBe(0);
        return;
      }
      const want = dtype === 'int16' ? new Int16Array(bytes.buffer) : new Int8Array(bytes.buffer);
      expect(data.length, name).toBe(want.length);
      compared += want.length;
      const count = want.filter((q, i) => q !== data[i]).length;
      if (count > 0) different.push(`${seed} ${name}: ${count} of ${want.length}`);
    });
  }
  return { compared, different };
}

describe('int16 activations equal the current LiteRT', () => {
  it('in the reference', async () => {
    const { compared, different } = await differences(createReferenceBackend());
    expect(different).toEqual([]);
    expect(compared).toBeGreaterThan(50_000);
  });
  it('in WASM', async () => {
    const { different } = await differences((await createWasmBackend())!);
    expect(different).toEqual([]);
  });
});
