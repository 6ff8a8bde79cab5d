/** .npz files divided and written: arrays of NumPy's format 1.0 by name. */
import { zipSync } from 'fflate';
import { npy } from '../../npy.mjs';

/** @param arrays { NAME: { descr, shape, bytes } }, C order */
export function writeNpz(arrays) {
  const files = Object.entries(arrays).map(([name, { descr, shape, bytes }]) => [
    `${name}.npy`,
    npy(descr, shape, bytes),
  ]);
  return zipSync(Object.fromEntries(files), { level: 0 });
}

/** Rows of an array, in the order of the indices. */
export function rows({ descr, shape, bytes }, indices) {
  const each = bytes.length / shape[0];
  const out = new Uint8Array(indices.length * each);
  indices.forEach((index, i) =>
    out.set(bytes.subarray(index * each, (index + 1) * each), i * each),
  );
  return { descr, shape: [indices.length, ...shape.slice(1)], bytes: out };
}

/** A set that keeps these rows of x and y apart: x_train, y_train, x_test, y_test. */
export function divided({ x, y }, training, evaluation) {
  return writeNpz({
    x_train: rows(x, training),
    y_train: rows(y, training),
    x_test: rows(x, evaluation),
    y_test: rows(y, evaluation),
  });
}
