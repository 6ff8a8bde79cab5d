/** Files of TFLiteConverter against the current LiteRT's numbers (scripts/fixtures/make_litert_goldens.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elementCount, type Graph, type Tensor } from '../../model/graph';
import { graphOfTflite } from '../../testing/models';
import { relativeError } from '../../testing/relativeError';
import type { Backend } from '../engine';
import { createReferenceBackend } from '../reference';
import { createWasmBackend } from '../wasm';
import { openVariant, variants } from '../wasm/variant';

interface Golden {
  readonly samples: number;
  /** Per input or output, all samples in a row, base64. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
const fixture = (file: string) =>
  readFileSync(new URL(`./fixtures/litert/${file}`, import.meta.url));
const { goldens } = JSON.parse(fixture('goldens.json').toString()) as {
  goldens: Record<string, Golden>;
};

function graphOf(name: string): Graph {
  return graphOfTflite(new Uint8Array(fixture(`${name}.tflite`)), name);
}

/** One tensor per value and sample. */
function tensors(graph: Graph, indices: readonly number[], packed: readonly string[], at: number) {
  return indices.map((index, position): Tensor => {
    const { shape, dtype } = graph.values[index]!;
    const bytes = Uint8Array.from(Buffer.from(packed[position]!, 'base64'));
    const Storage = dtype === 'float32' ? Float32Array : dtype === 'int16' ? Int16Array : Int8Array;
    const all = new Storage(bytes.buffer);
    const count = elementCount(shape);
    return { shape, dtype, data: all.slice(at * count, (at + 1) * count) };
  });
}

async function compare(backend: Backend, name: string): Promise<void> {
  const graph = graphOf(name);
  const { samples, inputs, outputs } = goldens[name]!;
  const executable = await backend.prepare(graph);
  let different = 0;
  for (let sample = 0; sample < samples; sample++) {
    const ours = await executable.run(tensors(graph, graph.inputs, inputs, sample));
    tensors(graph, graph.outputs, outputs, sample).forEach(({ data }, position) => {
      const mine = ours[position]!.data;
      if (data instanceof Float32Array) {
        // Sums of float32 in another order.
        expect(relativeError(mine as Float32Array, data)).toBeLessThan(1e-6);
      } else {
        different += (data as Int8Array).filter((q, i) => q !== mine[i]).length;
      }
    });
  }
  executable.dispose();
  expect(different).toBe(0);
}

describe('the current LiteRT', () => {
  const names = Object.keys(goldens);

  it('runs per-channel dense layers and transposed convolutions here', () => {
    const perChannel = (op: string) =>
      names.filter((name) => {
        const { nodes, values } = graphOf(name);
        return nodes.some(
          (node) => node.op === op && (values[node.inputs[1]!]!.quant?.scale.length ?? 0) > 1,
        );
      }).length;
    expect(perChannel('FULLY_CONNECTED')).toBeGreaterThanOrEqual(8);
    expect(perChannel('TRANSPOSE_CONV')).toBeGreaterThanOrEqual(6);
  });

  it.each(names)('%s in the reference', async (name) => {
    await compare(createReferenceBackend(), name);
  });

  it.each(variants)('all of them in WASM %s, where this machine runs it', async (variant) => {
    if (!(await openVariant(variant))) return;
    const backend = (await createWasmBackend({ variant }))!;
    for (const name of names) await compare(backend, name);
  });

  it('and fixed-point rounding gives other numbers', async () => {
    const graph = graphOf('transpose_3x3_stride_2_same');
    const { inputs } = goldens['transpose_3x3_stride_2_same']!;
    const results = [];
    for (const rounding of [{}, { TRANSPOSE_CONV: 'fixed-point' } as const]) {
      const executable = await createReferenceBackend().prepare({ ...graph, rounding });
      const all = [];
      for (let sample = 0; sample < 6; sample++) {
        const [output] = await executable.run(tensors(graph, graph.inputs, inputs, sample));
        all.push(...(output!.data as Int8Array));
      }
      results.push(all);
    }
    expect(results[0]).not.toEqual(results[1]);
  });
});
