import type { Tensor } from '../model/graph';
import { elementCount } from '../model/graph';
import type { Prepared } from './prepared';

/** Most bytes of float activations that are kept to measure layers alone. */
const MOST_BYTES = 384 * 2 ** 20;

/** The float model's numbers on some samples, by value name. */
export interface FloatActivations {
  readonly samples: readonly number[];
  /** The value of one sample; undefined for names that the float model doesn't compute in float32. */
  tensor(sample: number, valueName: string): Tensor | undefined;
  known(valueName: string): boolean;
  /** First output, as real numbers. */
  output(sample: number): Float32Array;
}

/** How many samples' activations fit in memory: at least one. */
export function samplesThatFit(float: Prepared): number {
  const bytes = float.graph.values.reduce(
    (sum, value) => sum + (value.data ? 0 : 4 * elementCount(value.shape)),
    0,
  );
  return Math.max(1, Math.floor(MOST_BYTES / Math.max(1, bytes)));
}

/** Runs the float model once per sample and keeps every activation. */
export async function floatActivations(
  float: Prepared,
  samples: readonly number[],
): Promise<FloatActivations> {
  const { graph } = float;
  const kept = new Map<number, Map<string, Tensor>>();
  const outputs = new Map<number, Float32Array>();
  const names = new Set<string>();
  for (const sample of samples) {
    const values = new Map<string, Tensor>();
    const output = await float.run(sample, (index, { shape, dtype, data }) => {
      const { name } = graph.values[index]!;
      names.add(name);
      values.set(name, { shape, dtype, data: data.slice() });
    });
    kept.set(sample, values);
    outputs.set(sample, output);
  }
  return {
    samples,
    tensor: (sample, name) => kept.get(sample)?.get(name),
    known: (name) => names.has(name),
    output: (sample) => outputs.get(sample)!,
  };
}
