import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { pathOf, route } from './route';
import { timeLeft } from './stores/job';

const named = (path: string, content: BlobPart = new Uint8Array(4)) => {
  const file = new File([content], path.split('/').pop()!);
  Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
  return file;
};
const zip = (names: string[]) =>
  zipSync(
    Object.fromEntries(names.map((name) => [name, new Uint8Array(9)])),
  ) as Uint8Array<ArrayBuffer>;
const sorted = async (files: File[]) => {
  const { model, data } = await route(files);
  return { model: model.map(pathOf), data: data.map(pathOf) };
};

it('sends samples to data and the rest to the model', async () => {
  expect(
    await sorted([
      named('net.h5'),
      named('x.npz'),
      named('t10k-images-idx3-ubyte'),
      named('a.jpg'),
      named('model.json', '{"format": "layers-model", "modelTopology": {}}'),
      named('group1-shard1of1.bin'),
      named('.DS_Store'),
    ]),
  ).toEqual({
    model: ['net.h5', 'model.json', 'group1-shard1of1.bin'],
    data: ['x.npz', 't10k-images-idx3-ubyte', 'a.jpg'],
  });
});

it.each(
  'a.webp a.bmp a.GIF a.tif a.tiff a.jfif a.txt a.tsv a.jsonl a.ndjson a.mat a.npy a.csv.gz a.parquet a.wav'.split(
    ' ',
  ),
)('takes %s for samples', async (name) => {
  expect(await sorted([named(name)])).toEqual({ model: [], data: [name] });
});

it.each(
  'a.tflite a.keras a.h5 a.hdf5 a.onnx a.pb a.pt a.safetensors a.h5.gz variables.data-00000-of-00001'.split(
    ' ',
  ),
)('takes %s for a model', async (name) => {
  expect(await sorted([named(name)])).toEqual({ model: [name], data: [] });
});

it.each([
  ['[{"x": 1}, {"x": 2}]', 'data'],
  ['  \n{"modelTopology": {}}', 'model'],
  ['[{"modelTopology": {}}]', 'data'],
  ['{"x": [1, 2], "y": [0, 1]}', 'data'],
  ['{"rows": ["class_name"]}', 'model'],
  ['["modelTopology"]', 'data'],
  ['{"weightsManifest": []}', 'model'],
  ['{"format":"graph-model"}', 'model'],
  ['{"class_name": "Sequential", "config": {}}', 'model'],
  ['{"keras_version": "3.0.0"}', 'model'],
])('judges JSON by what it says: %s', async (text, where) => {
  const result = await sorted([named('some.json', text)]);
  expect(result[where as 'model' | 'data']).toEqual(['some.json']);
});

it.each([
  [[0x89, 0x50, 0x4e, 0x47], 'data'],
  [[0xff, 0xd8, 0xff, 0xe0], 'data'],
  [[0x47, 0x49, 0x46, 0x38], 'data'],
  [[0x49, 0x49, 42, 0], 'data'],
  [[0x4d, 0x4d, 0, 42], 'data'],
  [[0x52, 0x49, 0x46, 0x46, 1, 0, 0, 0, 0x57, 0x45, 0x42, 0x50], 'data'],
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'data'],
  [[0x1f, 0x8b, 8], 'data'],
  [[0, 0, 8, 3], 'data'],
  [[0, 0, 14, 1], 'data'],
  [[0, 0, 9, 4], 'data'],
  [[1, 0, 8, 3], 'model'],
  [[0, 0, 8, 0], 'model'],
  [[0, 0, 8, 5], 'model'],
  [[0, 0, 7, 3], 'model'],
  [[0, 0, 15, 3], 'model'],
  [[0, 1, 8, 3], 'model'],
  [[0x89, 0x48, 0x44, 0x46], 'model'],
  [[0x1c, 0, 0, 0, 0x54, 0x46, 0x4c, 0x33], 'model'],
  [[], 'model'],
])('judges a file without an ending by how it begins: %s', async (bytes, where) => {
  const result = await sorted([named('file', new Uint8Array(bytes))]);
  expect(result[where as 'model' | 'data']).toEqual(['file']);
});

it('judges a zip by what it lists', async () => {
  expect(
    await sorted([
      named('photos.zip', zip(['cat/1.png', 'cat/2.png', 'dog/3.png', 'readme.txt'])),
      named('tfjs.zip', zip(['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin'])),
      named('keras.zip', zip(['config.json', 'metadata.json', 'model.weights.h5'])),
      named('labels-only.zip', zip(['labels.txt', 'net.tflite'])),
      named('half.zip', zip(['a.png', 'model.pb'])),
      named('broken.zip'),
      named('empty.zip', zip([])),
      named('set.zip', zip(['a.png', 'readme.txt', 'labels.txt', 'd/', '__MACOSX/a', '.DS_Store'])),
      named('mixed.zip', zip(['a.onnx', 'b.png', 'c.png'])),
    ]),
  ).toEqual({
    model: ['tfjs.zip', 'keras.zip', 'labels-only.zip', 'half.zip', 'broken.zip', 'empty.zip'],
    data: ['photos.zip', 'set.zip', 'mixed.zip'],
  });
});

it('keeps the pictures of a saved model, and the labels of a model, with it', async () => {
  expect(await sorted([named('m/saved_model.pb'), named('m/assets/plot.png')])).toEqual({
    model: ['m/saved_model.pb', 'm/assets/plot.png'],
    data: [],
  });
  expect(await sorted([named('net.tflite'), named('labels.txt')])).toEqual({
    model: ['net.tflite', 'labels.txt'],
    data: [],
  });
  expect(await sorted([named('net.tflite'), named('labels.txt'), named('a.png')])).toEqual({
    model: ['net.tflite'],
    data: ['labels.txt', 'a.png'],
  });
  expect(await sorted([named('labels.txt')])).toEqual({ model: [], data: ['labels.txt'] });
});

it('passes over what systems leave behind', async () => {
  const junk = ['.DS_Store', 'd/.DS_Store', 'Thumbs.db', 'd/._a.png', '__MACOSX/a.png'];
  expect(await sorted(junk.map((name) => named(name)))).toEqual({ model: [], data: [] });
});

it('estimates the time left from the mean pace', () => {
  const job = (fraction: number) => ({
    progress: { label: '', fraction },
    startedAt: 0,
    updatedAt: 2000,
  });
  expect(timeLeft(job(0.25))).toBe(6000);
  expect(timeLeft(job(0.04))).toBe(48000);
  expect(timeLeft(job(0.01))).toBeUndefined();
  expect(timeLeft(job(1))).toBeUndefined();
});
