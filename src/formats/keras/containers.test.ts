/** Containers against what the real Keras wrote (scripts/fixtures/keras_containers.py). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IntactError } from '../../model/error';
import { hasShared, readShared } from '../../testing/shared';
import { outline, type OutlineLayer } from './config';
import { isH5, openH5 } from './h5';
import { h5Source } from './h5source';
import type { KerasSource } from './source';
import { v3Parts, withV3Source } from './v3source';

type Expected = Record<string, Record<string, [shape: number[], first: number][]>>;

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
}

const expected = JSON.parse(new TextDecoder().decode(fixture('expected.json'))) as Expected;

async function withSource<T>(
  name: string,
  bytes: Uint8Array,
  use: (source: KerasSource) => T,
): Promise<T> {
  if (!isH5(bytes)) return withV3Source(v3Parts([{ path: name, bytes }]), use);
  const file = await openH5(bytes, name);
  try {
    return use(h5Source(file, name));
  } finally {
    file.close();
  }
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

function leafPaths(layers: readonly OutlineLayer[], above: readonly string[] = []): string[][] {
  return layers.flatMap((layer) => {
    const path = [...above, layer.name];
    return layer.layers ? leafPaths(layer.layers, path) : [path];
  });
}

describe('weights of every layer', () => {
  it.each(Object.keys(expected))('%s', async (name) => {
    await withSource(name, fixture(name), (source) => {
      const paths = leafPaths(outline(source.config) ?? []);
      const layers = expected[name]!;
      expect(paths.map((path) => path.join('/'))).toEqual(
        expect.arrayContaining(Object.keys(layers)),
      );
      for (const path of paths) {
        const weights = source.weights(path) ?? [];
        const wanted = layers[path.join('/')] ?? [];
        const found = weights.map(({ shape, data }) => [shape, [...data]]);
        const runs = wanted.map(([shape, first]) => [
          shape,
          Array.from({ length: size(shape) }, (_, i) => first + i / 64),
        ]);
        expect(found, path.join('/')).toEqual(runs);
      }
    });
  });
});

describe('versions and names', () => {
  it.each([
    ['keras2.h5', '2.21.0', 'container'],
    ['keras3.h5', '3.15.1', 'container'],
    ['keras3.keras', '3.15.1', 'container'],
    ['bare.h5', '1', 'bare'],
    ['shared_object.keras', '3.15.1', 'shared_object'],
  ])('%s', async (file, version, name) => {
    await withSource(file, fixture(file), (source) => {
      expect([source.kerasVersion, source.name]).toEqual([version, name]);
    });
  });
});

describe('files that are no whole model', () => {
  it.each(['keras2.weights.h5', 'keras3.weights.h5'])('%s holds weights only', async (name) => {
    const refused = withSource(name, fixture(name), () => undefined);
    await expect(refused).rejects.toThrow(/only the weights of a Keras model/);
    await expect(refused).rejects.toMatchObject({ data: { kind: 'weights-only' } });
  });

  it('a damaged file is refused and the next one opens', async () => {
    const bytes = fixture('keras2.h5');
    const cut = withSource('cut.h5', bytes.slice(0, bytes.length / 2), () => undefined);
    await expect(cut).rejects.toBeInstanceOf(IntactError);
    await withSource('good.h5', bytes, (source) => {
      expect(source.weights(['c_0'])?.[0]?.shape).toEqual([1, 1, 2, 3]);
    });
  });
});

describe.skipIf(!hasShared)('reference models', () => {
  it.each([
    ['resnet8', '2.4.0', 78_666],
    ['vww_96', '2.4.0', 221_794],
    ['ad01', '2.4.0', 269_992],
    ['str_ww_ref_model', '2.14.0', 47_707],
  ])('%s', async (name, version, parameters) => {
    const path = `models/mlperf-tiny/${name}.h5`;
    await withSource(path, readShared(path), (source) => {
      expect(source.kerasVersion).toBe(version);
      const paths = leafPaths(outline(source.config) ?? []);
      expect(paths.length).toBeGreaterThan(5);
      const sizes = paths.map((layer) => {
        const weights = source.weights(layer);
        expect(weights, layer.join('/')).toBeDefined();
        return (weights ?? []).reduce((sum, { data }) => sum + data.length, 0);
      });
      const total = sizes.reduce((sum, n) => sum + n, 0);
      expect(total).toBe(parameters);
    });
  });
});
