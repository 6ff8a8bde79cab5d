/** The models of scripts/fixtures/make_quant_fixtures.py and what TensorFlow's converter made of them. */
import { readFileSync } from 'node:fs';
import { readTflite } from '../../formats/tflite/read';
import { writeTflite } from '../../formats/tflite/write';
import { elementCount, type Graph, type Tensor } from '../../model/graph';
import { draftOf, finish } from '../../model/passes/draft';
import { openOracle } from '../../testing/oracle';
import { stockRecipe, type RecipeOptions } from '../recipe';
import type { Recipe, Runner, SchemeId } from '../types';

export interface GoldenTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly scale?: readonly number[];
  readonly zeroPoint?: readonly number[];
  readonly axis?: number;
  /** base64 */
  readonly data?: string;
}
export interface Golden {
  readonly tensors: readonly GoldenTensor[];
  readonly operators: readonly {
    readonly op: string;
    readonly inputs: readonly number[];
    readonly outputs: readonly number[];
    readonly asymmetricQuantizeInputs?: boolean;
  }[];
}
export type GoldenKey = 'int8' | 'int8-float-io' | 'int8-per-tensor' | 'dynamic' | 'float16';
export const fixtureNames = ['dense', 'conv', 'concat', 'hard_swish', 'wide', 'constants'] as const;
export type FixtureName = (typeof fixtureNames)[number];

const path = (file: string) => new URL(`../fixtures/${file}`, import.meta.url);

export function fixture(name: FixtureName): {
  graph: Graph;
  samples: number;
  goldens: Readonly<Record<GoldenKey, Golden>>;
} {
  const parsed = JSON.parse(readFileSync(path(`${name}.json`), 'utf8')) as {
    samples: number;
    goldens: Record<GoldenKey, Golden>;
  };
  const bytes = new Uint8Array(readFileSync(path(`${name}.tflite`)));
  return { graph: readTflite(bytes, name).graph, ...parsed };
}

export function goldenData(tensor: GoldenTensor): Int8Array | Int32Array {
  const bytes = new Uint8Array(Buffer.from(tensor.data!, 'base64'));
  return tensor.dtype === 'int32' ? new Int32Array(bytes.buffer) : new Int8Array(bytes.buffer);
}

/** The script's representative set: the same numbers, computed the same way. */
export function representative(graph: Graph, index: number): Tensor[] {
  return graph.inputs.map((valueIndex, which) => {
    const { shape, dtype } = graph.values[valueIndex]!;
    const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
      const n = (i * 7919 + index * 104729 + which * 1299709 + ((i * i) % 613) * 31) % 2000;
      return n / 1000 - 1;
    });
    return { shape, dtype, data };
  });
}

/**
 * Runs a float graph in the TFLite runtime and shows every activation, so that calibration sees the
 * runtime's own numbers. One runtime per node, each with the nodes before it only.
 */
export async function oracleRunner(graph: Graph): Promise<{ run: Runner; dispose(): void }> {
  const oracles = await Promise.all(
    graph.nodes.map(({ outputs }) =>
      openOracle(writeTflite(finish(draftOf({ ...graph, outputs })))),
    ),
  );
  return {
    run: async (feeds, tap) => {
      graph.inputs.forEach((valueIndex, position) => tap?.(valueIndex, feeds[position]!));
      const results = new Map(graph.inputs.map((index, position) => [index, feeds[position]!]));
      oracles.forEach((oracle, position) => {
        const { outputs } = graph.nodes[position]!;
        const made = oracle.run(feeds.map((feed) => feed.data as Float32Array));
        made.forEach(({ data }, which) => {
          const index = outputs[which]!;
          const { shape, dtype } = graph.values[index]!;
          const tensor: Tensor = { shape, dtype, data };
          results.set(index, tensor);
          tap?.(index, tensor);
        });
      });
      return graph.outputs.map((index) => results.get(index)!);
    },
    dispose: () => oracles.forEach((oracle) => oracle.dispose()),
  };
}

/** A stock recipe for the runtime that stands behind openOracle. */
export function oracleRecipe(scheme: SchemeId, options: RecipeOptions = {}): Recipe {
  return stockRecipe(scheme, { ...options, target: 'tflite-2021' });
}
