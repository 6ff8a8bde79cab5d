/** .npz files read, divided anew and written: arrays of NumPy's format 1.0 by name. */
import { readFileSync } from 'node:fs';
import { unzipSync, zipSync } from 'fflate';

/** { NAME: { descr, shape, bytes } }, C order. */
export function readNpz(path) {
  const entries = unzipSync(new Uint8Array(readFileSync(path)));
  return Object.fromEntries(
    Object.entries(entries).map(([name, file]) => {
      const length = file[8] | (file[9] << 8);
      const header = new TextDecoder().decode(file.subarray(10, 10 + length));
      if (!header.includes("'fortran_order': False"))
        throw new Error(`${path}: ${name} is not in C order`);
      const shape = /'shape': \(([^)]*)\)/
        .exec(header)[1]
        .split(',')
        .filter((n) => n.trim())
        .map(Number);
      return [
        name.replace(/\.npy$/, ''),
        { descr: /'descr': '([^']+)'/.exec(header)[1], shape, bytes: file.subarray(10 + length) },
      ];
    }),
  );
}

export function writeNpz(arrays) {
  const files = Object.entries(arrays).map(([name, { descr, shape, bytes }]) => {
    const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
    let header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`;
    header = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
    const out = new Uint8Array(10 + header.length + bytes.length);
    out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
    out.set(new TextEncoder().encode(header), 10);
    out.set(bytes, 10 + header.length);
    return [`${name}.npy`, out];
  });
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
