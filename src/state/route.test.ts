import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { timeLeft } from './job';
import { route } from './route';

const named = (path: string, bytes: Uint8Array<ArrayBuffer> = new Uint8Array(4)) => {
  const file = new File([bytes], path.split('/').pop()!);
  Object.defineProperty(file, 'webkitRelativePath', { value: path.includes('/') ? path : '' });
  return file;
};
const zip = (names: string[]) =>
  zipSync(
    Object.fromEntries(names.map((name) => [name, new Uint8Array(9)])),
  ) as Uint8Array<ArrayBuffer>;
const names = (files: File[]) => files.map(({ name }) => name);

it('sends samples to data and the rest to the model', async () => {
  const { model, data } = await route([
    named('net.h5'),
    named('x.npz'),
    named('t10k-images-idx3-ubyte'),
    named('a.jpg'),
    named('model.json'),
    named('group1-shard1of1.bin'),
    named('.DS_Store'),
  ]);
  expect(names(model)).toEqual(['net.h5', 'model.json', 'group1-shard1of1.bin']);
  expect(names(data)).toEqual(['x.npz', 't10k-images-idx3-ubyte', 'a.jpg']);
});

it('judges a zip by what it lists', async () => {
  const { model, data } = await route([
    named('photos.zip', zip(['cat/1.png', 'cat/2.png', 'dog/3.png', 'readme.txt'])),
    named('tfjs.zip', zip(['model.json', 'group1-shard1of2.bin', 'group1-shard2of2.bin'])),
    named('broken.zip'),
  ]);
  expect(names(data)).toEqual(['photos.zip']);
  expect(names(model)).toEqual(['tfjs.zip', 'broken.zip']);
});

it('keeps the pictures of a saved model with it', async () => {
  const { model, data } = await route([named('m/saved_model.pb'), named('m/assets/plot.png')]);
  expect(model).toHaveLength(2);
  expect(data).toHaveLength(0);
});

it('estimates the time left from the mean pace', () => {
  const job = (fraction: number) => ({
    title: '',
    progress: { label: '', fraction },
    startedAt: 0,
    updatedAt: 2000,
  });
  expect(timeLeft(job(0.25))).toBe(6000);
  expect(timeLeft(job(0.01))).toBeUndefined();
});
