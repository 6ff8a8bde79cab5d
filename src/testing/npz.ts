/** Writes what numpy.load reads, for scripts/reference. */
import { zipSync } from 'fflate';
import type { TensorData } from '../model/graph';

const types = new Map<unknown, string>([
  [Float32Array, '<f4'],
  [Int8Array, '|i1'],
  [Uint8Array, '|u1'],
  [Int16Array, '<i2'],
  [Int32Array, '<i4'],
  [BigInt64Array, '<i8'],
]);

export interface NpzArray {
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** numpy.lib.format, version 1.0. */
function npy({ shape, data }: NpzArray): Uint8Array {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const type = types.get(data.constructor) ?? '|u1';
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 78, 85, 77, 80, 89, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}

export function writeNpz(arrays: Readonly<Record<string, NpzArray>>): Uint8Array {
  const entries = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, npy(array)]);
  return zipSync(Object.fromEntries(entries) as Record<string, Uint8Array>, { level: 0 });
}
