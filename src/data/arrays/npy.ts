/** NumPy's .npy format, versions 1 to 3 (numpy.lib.format): every type that is a number, and texts. */
import { IntactError } from '../../model/error';
import { halfToNumber } from '../../model/half';
import { bytesOf, memorySource } from '../files/bytes';
import type { ByteSource } from '../samples';
import { arrayOf, checkShape, type ElementType } from './layout';
import type { NumberArray } from './types';

export function isNpy(head: Uint8Array): boolean {
  return head[0] === 0x93 && String.fromCharCode(...head.subarray(1, 6)) === 'NUMPY';
}

const types: Readonly<Record<string, ElementType>> = {
  b1: { name: 'bool', size: 1, storage: 'bytes', read: (v, o) => (v.getUint8(o) === 0 ? 0 : 1) },
  u1: { name: 'uint8', size: 1, storage: 'bytes', read: (v, o) => v.getUint8(o) },
  i1: { name: 'int8', size: 1, storage: 'integers', read: (v, o) => v.getInt8(o) },
  u2: { name: 'uint16', size: 2, storage: 'integers', read: (v, o, e) => v.getUint16(o, e) },
  i2: { name: 'int16', size: 2, storage: 'integers', read: (v, o, e) => v.getInt16(o, e) },
  u4: { name: 'uint32', size: 4, storage: 'integers', read: (v, o, e) => v.getUint32(o, e) },
  i4: { name: 'int32', size: 4, storage: 'integers', read: (v, o, e) => v.getInt32(o, e) },
  u8: {
    name: 'uint64',
    size: 8,
    storage: 'integers',
    read: (v, o, e) => Number(v.getBigUint64(o, e)),
  },
  i8: {
    name: 'int64',
    size: 8,
    storage: 'integers',
    read: (v, o, e) => Number(v.getBigInt64(o, e)),
  },
  f2: {
    name: 'float16',
    size: 2,
    storage: 'floats',
    read: (v, o, e) => halfToNumber(v.getUint16(o, e)),
  },
  f4: { name: 'float32', size: 4, storage: 'floats', read: (v, o, e) => v.getFloat32(o, e) },
  f8: { name: 'float64', size: 8, storage: 'floats', read: (v, o, e) => v.getFloat64(o, e) },
};

function typeOf(code: string): ElementType | undefined {
  const text = /^([SU])(\d+)$/.exec(code);
  if (!text) return types[code];
  const width = Number(text[2]);
  if (width < 1 || width > 1000) return undefined;
  return {
    name: text[1] === 'U' ? `str${width}` : `bytes${width}`,
    size: width * (text[1] === 'U' ? 4 : 1),
    storage: 'texts',
    read: () => NaN,
  };
}

const MOST_HEADER = 2 ** 16;

/**
 * @throws IntactError `bad-data` for a damaged header, for objects and structures, and for a shape that
 *   the bytes cannot hold
 */
export async function openNpy(
  source: ByteSource,
  name: string,
  where: string,
): Promise<NumberArray> {
  const fail = (what: string) =>
    new IntactError(
      'bad-data',
      `"${where}" ${what}. Save it again with numpy.save or numpy.savez.`,
    );
  const start = await bytesOf(source, 0, 12);
  if (!isNpy(start) || start.length < 12) throw fail('is not a NumPy array');
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const wide = start[6]! >= 2;
  const from = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length > MOST_HEADER || from + length > source.size) throw fail('is cut off in its header');
  const header = new TextDecoder().decode(await bytesOf(source, from, from + length));
  const descr = /'descr':\s*'([<>|=])([a-zA-Z]\d+)'/.exec(header);
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header);
  if (!descr || !shapeText)
    throw fail('holds objects or structures, not plain numbers; Intact reads numeric arrays');
  const type = typeOf(descr[2]!);
  if (!type) throw fail(`holds values of type ${descr[2]}; Intact reads numeric arrays`);
  const shape = shapeText[1]!
    .split(',')
    .map((size) => size.trim().replace(/L$/, ''))
    .filter((size) => size !== '')
    .map(Number);
  const offset = from + length;
  checkShape(shape, type.size, source.size - offset, fail);
  return arrayOf({
    name,
    shape,
    type,
    little: descr[1] !== '>',
    fortran: /'fortran_order':\s*True/.test(header),
    offset,
    source,
  });
}

/** A whole small array from memory, for fixtures. */
export async function readNpy(
  bytes: Uint8Array,
  name: string,
): Promise<{ readonly shape: readonly number[]; readonly data: Float64Array }> {
  const array = await openNpy(memorySource(bytes), name, name);
  const data = await array.all();
  if (!(data instanceof Float64Array)) throw new IntactError('bad-data', `"${name}" holds texts.`);
  return { shape: array.shape, data };
}
