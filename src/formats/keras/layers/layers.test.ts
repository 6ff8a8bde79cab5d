/** Float outputs of single layers and small networks against real Keras (scripts/fixtures/keras_layers.py). */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Graph, Tensor } from '../../../model/graph';
import { byReference, inRuntime } from '../../../testing/run';
import type { KerasSource } from '../source';
import { buildKerasGraph } from './index';

interface Packed {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: string;
}
interface Case {
  readonly name: string;
  readonly version: string;
  readonly config: unknown;
  readonly weights: Record<string, (Packed & { name: string })[]>;
  readonly inputs: Packed[];
  readonly outputs: Packed[];
}

function unpack({ shape, dtype, data }: Packed): Tensor {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64')).buffer;
  return {
    shape,
    dtype,
    data: dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes),
  };
}

type Run = (graph: Graph, feeds: readonly Tensor[]) => Promise<readonly Tensor[]>;

const runners: readonly (readonly [string, Run])[] = [
  ['TFLite runtime', async (graph, feeds) => (await inRuntime(graph, feeds)) as readonly Tensor[]],
  ['reference engine', byReference],
];

const numbers = (packed: Packed) => unpack(packed).data as Float32Array | Int32Array;

function sourceOf(fixture: Case): KerasSource {
  return {
    name: fixture.name,
    config: fixture.config,
    kerasVersion: fixture.version,
    weights: (path) =>
      fixture.weights[path.join('\n')]?.map((packed) => ({
        name: packed.name,
        shape: packed.shape,
        data: unpack(packed).data as Float32Array,
      })),
  };
}

/** Largest difference, relative to the largest expected magnitude. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(actual[i]! - expected[i]!));
    scale = Math.max(scale, Math.abs(expected[i]!));
    if (Number.isNaN(actual[i]!)) return Infinity;
  }
  return most / (scale || 1);
}

const folder = fileURLToPath(new URL('../fixtures/layers/', import.meta.url));

for (const file of readdirSync(folder)) {
  const cases = JSON.parse(readFileSync(folder + file, 'utf8')) as Case[];
  describe(file.replace('.json', ''), () => {
    it.each(cases.map((fixture) => [fixture.name, fixture] as const))('%s', async (_, fixture) => {
      const { graph, issues } = buildKerasGraph(sourceOf(fixture));
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
      const names = graph.nodes.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(new Set(graph.values.map(({ name }) => name)).size).toBe(graph.values.length);
      for (const [runner, run] of runners) {
        const outputs = await run(graph, fixture.inputs.map(unpack));
        const shapes = fixture.outputs.map(({ shape }) => shape);
        expect(outputs.map(({ shape }) => shape)).toEqual(shapes);
        fixture.outputs.forEach((packed, index) => {
          const actual = outputs[index]!.data as Float32Array;
          expect(difference(actual, numbers(packed)), runner).toBeLessThan(1e-5);
        });
      }
    });
  });
}
