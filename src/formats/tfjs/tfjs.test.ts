import { describe, expect, it } from 'vitest';
import { hasShared, readShared } from '../../testing/shared';
import { halfToNumber } from '../../model/half';
import type { ModelFile } from '../format';
import { tfjsSource } from './source';

const layer = (class_name: string, name: string, config = {}) => ({
  class_name,
  config: { name, ...config },
});

const topology = {
  class_name: 'Sequential',
  config: {
    name: 'sequential_1',
    layers: [layer('Dense', 'a', { units: 2 }), layer('Dense', 'b', { use_bias: false })],
  },
  keras_version: 'tfjs-layers 3.18.0',
};

const encoder = new TextEncoder();

function json(path: string, value: unknown): ModelFile {
  return { path, bytes: encoder.encode(JSON.stringify(value)) };
}

function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

describe('weights', () => {
  const weights = [
    { name: 'a/kernel', shape: [1, 2], dtype: 'float32' },
    { name: 'a/bias', shape: [2], dtype: 'float32' },
    { name: 'b/kernel', shape: [2, 1], dtype: 'float32' },
  ];

  it('come from shards cut in the middle of a weight, in folders', () => {
    const all = floats(1, 2, 3, 4, 5, 6);
    const source = tfjsSource([
      { path: 'net/shards/2.bin', bytes: all.slice(10) },
      { path: 'net/shards/1.bin', bytes: all.slice(0, 10) },
      json('net/model.json', {
        modelTopology: topology,
        weightsManifest: [{ paths: ['shards/1.bin', './shards/2.bin'], weights }],
      }),
    ]);
    expect(source.name).toBe('net');
    expect(source.kerasVersion).toBe('tfjs 3.18.0');
    expect(source.weights(['a'])?.map(({ data }) => [...data])).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(source.weights(['b'])?.map(({ shape, data }) => [shape, [...data]])).toEqual([
      [
        [2, 1],
        [5, 6],
      ],
    ]);
  });

  it('are dequantized: uint8, uint16, float16; int32, uint8 and bool are widened', () => {
    const source = tfjsSource([
      json('model.json', {
        modelTopology: { model_config: topology, keras_version: '2.4.0' },
        weightsManifest: [
          {
            paths: ['w'],
            weights: [
              {
                ...weights[0],
                quantization: { dtype: 'uint8', min: -1, scale: 0.5, original_dtype: 'float32' },
              },
              { ...weights[1], quantization: { dtype: 'uint16', min: 2, scale: 0.25 } },
            ],
          },
          { paths: ['h'], weights: [{ ...weights[2], quantization: { dtype: 'float16' } }] },
        ],
      }),
      { path: 'w', bytes: Uint8Array.of(0, 255, 4, 0, 0, 1) },
      { path: 'h', bytes: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0) },
    ]);
    expect(source.kerasVersion).toBe('2.4.0');
    expect(source.weights(['a'])?.map(({ data }) => [...data])).toEqual([
      [-1, 126.5],
      [3, 66],
    ]);
    expect(source.weights(['b'])?.map(({ data }) => [...data])).toEqual([[1, -2]]);
  });
});

describe('refusals', () => {
  const manifest = (paths: string[], shape: number[], dtype = 'float32') => [
    { paths, weights: [{ name: 'a/kernel', shape, dtype }] },
  ];

  it('names the missing shards', () => {
    const model = json('model.json', {
      modelTopology: topology,
      weightsManifest: manifest(['group1-shard1of2.bin', 'group1-shard2of2.bin'], [2]),
    });
    expect(() => tfjsSource([model])).toThrow(/group1-shard1of2\.bin, group1-shard2of2\.bin/);
  });

  it('of graph models says what to do', () => {
    for (const value of [
      { format: 'graph-model', modelTopology: {} },
      { modelTopology: { node: [] } },
    ]) {
      expect(() => tfjsSource([json('model.json', value)])).toThrow(/graph model.*\.tflite/);
    }
  });

  it.each([
    ['more than the shard holds', [1e9, 1e9], 'float32'],
    ['a negative size', [-1], 'float32'],
    ['strings', [1], 'string'],
    ['an inherited name as dtype', [1], 'constructor'],
  ])('%s', (_, shape, dtype) => {
    const files = [
      json('model.json', {
        modelTopology: topology,
        weightsManifest: manifest(['w'], shape, dtype),
      }),
      { path: 'w', bytes: floats(1, 2) },
    ];
    expect(() => tfjsSource(files)).toThrow(
      expect.objectContaining({ code: dtype === 'float32' ? 'malformed' : 'unsupported' }) as Error,
    );
  });
});

it('halves are widened exactly', () => {
  const bits = [0x0001, 0x03ff, 0x0400, 0x3555, 0x7bff, 0x7c00, 0xfc00, 0x8000];
  expect(bits.map(halfToNumber)).toEqual([
    2 ** -24,
    1023 * 2 ** -24,
    2 ** -14,
    0.333251953125,
    65504,
    Infinity,
    -Infinity,
    -0,
  ]);
});

describe.skipIf(!hasShared)('abalone', () => {
  it('has the weights that its manifest describes', () => {
    const files = ['model.json', 'weights.bin', 'abalone.csv'].map((name) => ({
      path: `abalone/${name}`,
      bytes: readShared(`models/abalone/${name}`),
    }));
    const source = tfjsSource(files);
    expect(source.name).toBe('abalone');
    const shapes = ['dense_Dense1', 'dense_Dense2', 'dense_Dense3'].map((name) =>
      source.weights([name])?.map(({ shape }) => shape),
    );
    expect(shapes).toEqual([
      [[8, 50], [50]],
      [[50, 50], [50]],
      [[50, 1], [1]],
    ]);
    expect(source.fileBytes).toBe(files[0]!.bytes.length + files[1]!.bytes.length);
  });
});
