/** Whole models against real Keras (scripts/fixtures/keras_models.py), in our engine and the TFLite runtime. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { elementCount, type Graph, type Tensor } from '../../../model/graph';
import { relativeError } from '../../../testing/relativeError';
import { byReference, inRuntime } from '../../../testing/run';
import { hasShared, readShared } from '../../../testing/shared';
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

function feedsOf(graph: Graph, { seed, scale, offset }: Case): Tensor[] {
  const { shape } = graph.values[graph.inputs[0]!]!;
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
    const value = (((i * i * 31) % 256) + i * 17 + seed * 101) % 256;
    return value * scale + offset;
  });
  return [{ shape, dtype: 'float32', data }];
}

async function open(file: string) {
  if (file.endsWith('.h5'))
    return kerasH5Format.read([{ path: file, bytes: readShared(`models/${file}`) }]);
  const folder = file.replace(/[^/]*$/, '');
  const paths = [file, `${folder}weights.bin`];
  return tfjsFormat.read(paths.map((path) => ({ path, bytes: readShared(`models/${path}`) })));
}

describe.skipIf(!hasShared).each(files)('%s', (file) => {
  const mine = cases.filter((item) => item.file === file);

  it('equals Keras in the TFLite runtime', async () => {
    const { graph, issues } = await open(file);
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const item of mine) {
      const [output] = await inRuntime(graph, feedsOf(graph, item));
      expect(relativeError(output!.data, item.output)).toBeLessThan(1e-5);
    }
  });

  it('equals Keras in the reference engine', async () => {
    const { graph } = await open(file);
    for (const item of mine) {
      const [output] = await byReference(graph, feedsOf(graph, item));
      expect(relativeError(output!.data as Float32Array, item.output)).toBeLessThan(1e-5);
    }
  });
});
