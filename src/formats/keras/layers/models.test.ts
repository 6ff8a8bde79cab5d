/** Whole models against real Keras (scripts/fixtures/keras_models.py), in our engine and the TFLite runtime. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createReferenceBackend } from '../../../engine/reference';
import { elementCount } from '../../../model/graph';
import { openOracle } from '../../../testing/oracle';
import { hasShared, readShared } from '../../../testing/shared';
import { writeTflite } from '../../tflite';
import { tfjsFormat } from '../../tfjs';
import { kerasH5Format } from '../index';

interface Case {
  readonly file: string;
  readonly seed: number;
  readonly scale: number;
  readonly offset: number;
  readonly output: number[];
}
const url = new URL('../fixtures/models.json', import.meta.url);
const cases = JSON.parse(readFileSync(url, 'utf8')) as Case[];
const files = [...new Set(cases.map(({ file }) => file))];

function pattern({ seed, scale, offset }: Case, size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => {
    const value = (((i * i * 31) % 256) + i * 17 + seed * 101) % 256;
    return value * scale + offset;
  });
}

async function open(file: string) {
  if (file.endsWith('.h5'))
    return kerasH5Format.read([{ path: file, bytes: readShared(`models/${file}`) }]);
  const folder = file.replace(/[^/]*$/, '');
  const paths = [file, `${folder}weights.bin`];
  return tfjsFormat.read(paths.map((path) => ({ path, bytes: readShared(`models/${path}`) })));
}

function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value))) / scale;
}

describe.skipIf(!hasShared).each(files)('%s', (file) => {
  const mine = cases.filter((item) => item.file === file);

  it('equals Keras in the TFLite runtime', async () => {
    const { graph, issues } = await open(file);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    const oracle = await openOracle(writeTflite(graph));
    const size = elementCount(graph.values[graph.inputs[0]!]!.shape);
    for (const item of mine) {
      const [output] = oracle.run([pattern(item, size)]);
      expect(output!.data.length).toBe(item.output.length);
      expect(difference(output!.data, item.output)).toBeLessThan(1e-5);
    }
    oracle.dispose();
  });

  it('equals Keras in the reference engine', async () => {
    const { graph } = await open(file);
    const { shape } = graph.values[graph.inputs[0]!]!;
    const executable = await createReferenceBackend().prepare(graph);
    for (const item of mine) {
      const data = pattern(item, elementCount(shape));
      const [output] = await executable.run([{ shape, dtype: 'float32', data }]);
      expect(difference(output!.data as Float32Array, item.output)).toBeLessThan(1e-5);
    }
    executable.dispose();
  });
});
