/**
 * INTACT_EXPORTS=FOLDER: leaves a file and what the engine made of its samples there, X.tflite beside X.npz
 * (in0, in1, … and out0, out1, …, samples stacked), for scripts/reference/litert_compare.py.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allocate, type Tensor } from '../model/graph';
import { writeNpz, type NpzArray } from './npz';

export const exportsFolder = process.env['INTACT_EXPORTS'];

function stacked(samples: readonly (readonly Tensor[])[], prefix: string) {
  const arrays: Record<string, NpzArray> = {};
  samples[0]!.forEach(({ shape, dtype, data }, position) => {
    const all = allocate(dtype, data.length * samples.length);
    samples.forEach((sample, index) => {
      (all as Uint8Array).set(sample[position]!.data as Uint8Array, index * data.length);
    });
    arrays[`${prefix}${position}`] = { shape: [samples.length, ...shape], data: all };
  });
  return arrays;
}

/** Nothing without the variable. */
export function keepExport(
  name: string,
  bytes: Uint8Array,
  feeds: readonly (readonly Tensor[])[],
  outputs: readonly (readonly Tensor[])[],
): void {
  if (!exportsFolder) return;
  mkdirSync(exportsFolder, { recursive: true });
  writeFileSync(join(exportsFolder, `${name}.tflite`), bytes);
  const arrays = { ...stacked(feeds, 'in'), ...stacked(outputs, 'out') };
  writeFileSync(join(exportsFolder, `${name}.npz`), writeNpz(arrays));
}
