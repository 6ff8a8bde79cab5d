/**
 * Every reader of the product, with good files to start from and what is changed in them. One list: a new
 * reader is fuzzed by standing here.
 */
import { readFileSync } from 'node:fs';
import { gzipSync, zipSync } from 'fflate';
import { fileOf, needsOf, open } from '../../data/testing/set';
import { openFiles } from '../../formats';
import { unzipEntry, zipEntries } from '../../files/zip';
import { optimize } from '../../model/passes/optimize';
import { readRecipeJson } from '../../quant/recipeJson';
import { runReport } from '../../report/json';
import { readReport } from '../../report/readReport';
import { useNodeCodecs } from '../codecs';
import { fakeModel } from '../fakeModel';
import { fakeRun } from '../fakeRun';
import { writeNpz } from '../npz';
import {
  isManifest,
  parts,
  patterns,
  readParts,
  readPatterns,
  readSession,
  recipeFile,
  sessions,
} from './kept';
import {
  anyBytes,
  gzipOf,
  json,
  npy,
  oneOf,
  png,
  table,
  words,
  zipOf,
  type Mutator,
} from './mutate';
import type { FuzzFile } from './file';

type Sets = readonly (readonly FuzzFile[])[];

export interface Reader {
  readonly name: string;
  /** Sets of good files; the first file of a set is the one that is changed. */
  readonly seeds: () => Sets | Promise<Sets>;
  readonly mutate: Mutator;
  /** Reads all that the product would read of the files. */
  readonly read: (files: readonly FuzzFile[]) => Promise<unknown>;
}

/** From the repository's root, where tests and commands run. */
const here = (path: string) => new Uint8Array(readFileSync(`src/${path}`));
const bytesOf = (text: string) => new TextEncoder().encode(text);
const keras = (name: string): FuzzFile[] => [
  { path: name, bytes: here(`formats/keras/fixtures/${name}`) },
];
const tflite = (name: string): FuzzFile[] => [
  { path: name, bytes: here(`formats/tflite/fixtures/${name}`) },
];

async function readModel(files: readonly FuzzFile[]) {
  const { graph } = await openFiles(files);
  return optimize(graph);
}

const readData =
  (input: readonly number[], output: readonly number[]) => async (files: readonly FuzzFile[]) => {
    const given = files.map(({ path, bytes }) => fileOf(path, bytes));
    const samples = await open(given, needsOf(input, output));
    for (let i = 0; i < Math.min(samples.count, 3); i++) await samples.read(i);
    return samples.preview(0);
  };

/** As `numpy.save` and its kin write them. */
const counting = (count: number) => Float32Array.from({ length: count }, (_, i) => i / count);
const arrays = () =>
  writeNpz({
    x: { shape: [12, 4], data: counting(48) },
    y: { shape: [12], data: Int32Array.from({ length: 12 }, (_, i) => i % 3) },
  });

const arrayFile = (): Uint8Array => {
  const bytes = writeNpz({ x: { shape: [12, 4], data: counting(48) } });
  return unzipEntry(bytes, zipEntries(bytes, 'x')[0]!, 'x');
};

/** IDX as MNIST comes in: magic number, dimensions, bytes. */
function idx(shape: readonly number[]): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  const bytes = new Uint8Array(4 + 4 * shape.length + count);
  bytes.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => new DataView(bytes.buffer).setUint32(4 + 4 * i, size));
  for (let i = 0; i < count; i++) bytes[4 + 4 * shape.length + i] = (i * 31) % 3;
  return bytes;
}

const csv = () =>
  [
    'a,b,c,d,label',
    ...Array.from({ length: 14 }, (_, i) => `${i},${i * 0.5},${-i},${i % 4},${i % 3}`),
  ].join('\n');

const jsonLines = () =>
  Array.from({ length: 12 }, (_, i) =>
    JSON.stringify({ a: i, b: i / 2, c: -i, d: i % 4, label: i % 3 }),
  ).join('\n');

/** The pictures that the tests compare with Pillow, of one format. */
function pictures(end: RegExp): FuzzFile[][] {
  const bytes = here('data/fixtures/images.zip');
  return zipEntries(bytes, 'images.zip')
    .filter(({ path }) => end.test(path))
    .map((entry) => [{ path: entry.path, bytes: unzipEntry(bytes, entry, 'images.zip') }]);
}

const picture = (name: string, end: RegExp, mutate: Mutator): Reader => ({
  name,
  seeds: () => pictures(end),
  mutate,
  read: readData([8, 8, 3], [3]),
});

const tfjs = (): FuzzFile[] => {
  const layer = (class_name: string, config: object) => ({ class_name, config });
  const config = {
    name: 'net',
    layers: [
      layer('Conv2D', {
        name: 'c',
        filters: 2,
        kernel_size: [3, 3],
        strides: [1, 1],
        padding: 'same',
        activation: 'relu',
        batch_input_shape: [null, 6, 6, 1],
      }),
      layer('Flatten', { name: 'f' }),
      layer('Dense', { name: 'd', units: 3, activation: 'softmax' }),
    ],
  };
  const weights = [
    { name: 'c/kernel', shape: [3, 3, 1, 2], dtype: 'float32' },
    { name: 'c/bias', shape: [2], dtype: 'float32' },
    { name: 'd/kernel', shape: [72, 3], dtype: 'float32' },
    { name: 'd/bias', shape: [3], dtype: 'float32' },
  ];
  const model = {
    format: 'layers-model',
    modelTopology: { keras_version: '2.4.0', model_config: { class_name: 'Sequential', config } },
    weightsManifest: [{ paths: ['w.bin'], weights }],
  };
  const data = counting(18 + 2 + 216 + 3);
  return [
    { path: 'model.json', bytes: bytesOf(JSON.stringify(model)) },
    { path: 'w.bin', bytes: new Uint8Array(data.buffer) },
  ];
};

const keras3 = (path: string): Mutator => (path.endsWith('.json') ? json : oneOf(anyBytes, words));

export const readers: readonly Reader[] = [
  {
    name: 'keras-h5',
    seeds: () =>
      ['bare.h5', 'keras2.h5', 'keras3.h5', 'renamed.h5', 'chunked_attributes.h5'].map(keras),
    mutate: oneOf(anyBytes, words),
    read: readModel,
  },
  {
    name: 'keras-v3',
    seeds: () => ['keras3.keras', 'keras2.keras', 'int8.keras', 'shared_object.keras'].map(keras),
    mutate: zipOf(keras3),
    read: readModel,
  },
  { name: 'tfjs', seeds: () => [tfjs()], mutate: json, read: readModel },
  {
    name: 'tflite',
    seeds: () => ['signatures.tflite', 'subgraphs.tflite'].map(tflite),
    mutate: oneOf(anyBytes, words, words),
    read: readModel,
  },
  {
    name: 'npz',
    seeds: () => [[{ path: 'set.npz', bytes: arrays() }]],
    mutate: zipOf(() => npy),
    read: readData([4], [3]),
  },
  {
    name: 'npy',
    seeds: () => [[{ path: 'x.npy', bytes: arrayFile() }]],
    mutate: npy,
    read: readData([4], [3]),
  },
  {
    name: 'idx',
    seeds: () => [
      [
        { path: 'train-images-idx3-ubyte', bytes: idx([9, 8, 8]) },
        { path: 'train-labels-idx1-ubyte', bytes: idx([9]) },
      ],
    ],
    mutate: anyBytes,
    read: readData([8, 8, 1], [3]),
  },
  {
    name: 'idx-gzip',
    seeds: () => [
      [{ path: 'train-images-idx3-ubyte.gz', bytes: gzipSync(idx([9, 8, 8]), { mtime: 0 }) }],
    ],
    mutate: gzipOf(anyBytes),
    read: readData([8, 8, 1], [3]),
  },
  {
    name: 'csv',
    seeds: () => [[{ path: 'set.csv', bytes: bytesOf(csv()) }]],
    mutate: table,
    read: readData([4], [3]),
  },
  {
    name: 'json-lines',
    seeds: () => [[{ path: 'set.jsonl', bytes: bytesOf(jsonLines()) }]],
    mutate: oneOf(table, anyBytes),
    read: readData([4], [3]),
  },
  picture('png', /\.png$/i, png),
  picture('jpeg', /\.jpe?g$/i, anyBytes),
  picture('webp', /\.webp$/i, oneOf(anyBytes, words)),
  picture('gif', /\.gif$/i, anyBytes),
  picture('bmp', /\.bmp$/i, oneOf(anyBytes, words)),
  picture('tiff', /\.tiff?$/i, oneOf(anyBytes, words)),
  {
    name: 'zip-of-pictures',
    seeds: () => {
      const some = pictures(/\.(png|bmp|gif)$/i)
        .slice(0, 6)
        .flat();
      const entries = some.map(({ path, bytes }, i): [string, Uint8Array] => [
        `${'abc'[i % 3]}/${path.replaceAll('/', '_')}`,
        bytes,
      ]);
      return [[{ path: 'set.zip', bytes: zipSync(Object.fromEntries(entries)) }]];
    },
    mutate: zipOf(() => anyBytes),
    read: readData([8, 8, 3], [3]),
  },
  {
    name: 'recipe',
    seeds: () => [
      [
        {
          path: 'recipe.json',
          bytes: bytesOf(
            JSON.stringify([
              {
                regex: '.*',
                operation: '*',
                algorithm_key: 'min_max_uniform_quantize',
                op_config: {
                  weight_tensor_config: {
                    num_bits: 8,
                    symmetric: true,
                    granularity: 'CHANNELWISE',
                    dtype: 'INT',
                  },
                  compute_precision: 'INTEGER',
                  explicit_dequantize: false,
                  skip_checks: false,
                },
              },
            ]),
          ),
        },
      ],
    ],
    mutate: json,
    read: ([file]) => Promise.resolve(readRecipeJson(new TextDecoder().decode(file!.bytes))),
  },
  {
    name: 'report',
    seeds: () => [
      [{ path: 'report.json', bytes: bytesOf(runReport(fakeRun({ model: fakeModel('net', 4) }))) }],
    ],
    mutate: json,
    read: ([file]) =>
      Promise.resolve(readReport(new TextDecoder().decode(file!.bytes), 'report.json')),
  },
  { name: 'recipe-patterns', seeds: recipeFile, mutate: patterns, read: readPatterns },
  { name: 'stored-run', seeds: parts, mutate: json, read: readParts },
  {
    name: 'session',
    seeds: sessions,
    mutate: zipOf((path) => (isManifest(path) ? json : anyBytes)),
    read: readSession,
  },
];

/** What the readers need of node. */
export function prepareReaders(): void {
  useNodeCodecs();
}
