/**
 * node scripts/poison.mjs IN.npz OUT.npz ROW: pictures of bytes as numbers from 0 to 1, but for one training
 * row that was never scaled: a fault of preprocessing, for the calibration doctor to find.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';
import { npy } from './npy.mjs';

const [from, to, row] = process.argv.slice(2);
const arrays = unzipSync(new Uint8Array(readFileSync(from)));
const out = Object.entries(arrays).map(([name, bytes]) => {
  const start = 10 + bytes[8] + 256 * bytes[9];
  const head = new TextDecoder().decode(bytes.subarray(10, start));
  const shape = /'shape': \(([^)]*)\)/.exec(head)[1].split(',').filter(Boolean).map(Number);
  if (!name.startsWith('x') || !head.includes('|u1')) return [name, bytes];
  const size = shape.slice(1).reduce((product, n) => product * n, 1);
  const data = Float32Array.from(bytes.subarray(start), (x, i) =>
    name.startsWith('x_train') && Math.floor(i / size) === Number(row) ? x : x / 255,
  );
  return [name, npy('<f4', shape, data)];
});
writeFileSync(to, zipSync(Object.fromEntries(out)));
