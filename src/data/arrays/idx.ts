/** IDX (the MNIST distribution's format): two zero bytes, a type, the number of dimensions, their sizes. */
import { IntactError } from '../../model/error';
import { bytesOf } from '../files/bytes';
import type { ByteSource } from '../samples';
import { arrayOf, checkShape, type ElementType } from './layout';
import type { NumberArray } from './types';

const types: Readonly<Record<number, ElementType>> = {
  0x08: { name: 'uint8', size: 1, storage: 'bytes', read: (v, o) => v.getUint8(o) },
  0x09: { name: 'int8', size: 1, storage: 'integers', read: (v, o) => v.getInt8(o) },
  0x0b: { name: 'int16', size: 2, storage: 'integers', read: (v, o) => v.getInt16(o) },
  0x0c: { name: 'int32', size: 4, storage: 'integers', read: (v, o) => v.getInt32(o) },
  0x0d: { name: 'float32', size: 4, storage: 'floats', read: (v, o) => v.getFloat32(o) },
  0x0e: { name: 'float64', size: 8, storage: 'floats', read: (v, o) => v.getFloat64(o) },
};

export function isIdx(head: Uint8Array): boolean {
  if (head.length < 8 || head[0] !== 0 || head[1] !== 0) return false;
  return types[head[2]!] !== undefined && head[3]! >= 1 && head[3]! <= 8;
}

/** @throws IntactError `bad-data` when fewer bytes follow than the header claims, or samples are empty */
export async function openIdx(
  source: ByteSource,
  name: string,
  where: string,
): Promise<NumberArray> {
  const head = await bytesOf(source, 0, 36);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const type = types[head[2]!]!;
  const dims = head[3]!;
  const offset = 4 + 4 * dims;
  const fail = (what: string) =>
    new IntactError('bad-data', `"${where}" ${what}. Download it again.`);
  if (head.length < offset) throw fail('is cut off in its header');
  const shape = Array.from({ length: dims }, (_, axis) => view.getUint32(4 + 4 * axis));
  checkShape(shape, type.size, source.size - offset, fail);
  return arrayOf({ name, shape, type, little: false, fortran: false, offset, source });
}
