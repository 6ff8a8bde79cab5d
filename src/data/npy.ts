import { IntactError } from '../model/error';
import { halfToNumber } from '../model/half';

/** One NumPy array; data as float32 or, for uint8 arrays, as stored. */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array;
  /** Stored as integers (labels) rather than as floats. */
  readonly integer: boolean;
}

export function isNpy(bytes: Uint8Array): boolean {
  return (
    bytes.length > 10 &&
    bytes[0] === 0x93 &&
    String.fromCharCode(...bytes.subarray(1, 6)) === 'NUMPY'
  );
}

type Reader = (view: DataView, offset: number, littleEndian: boolean) => number;
const readers: Record<string, { size: number; read: Reader; integer: boolean }> = {
  b1: { size: 1, read: (v, o) => v.getUint8(o), integer: true },
  u1: { size: 1, read: (v, o) => v.getUint8(o), integer: true },
  i1: { size: 1, read: (v, o) => v.getInt8(o), integer: true },
  u2: { size: 2, read: (v, o, e) => v.getUint16(o, e), integer: true },
  i2: { size: 2, read: (v, o, e) => v.getInt16(o, e), integer: true },
  u4: { size: 4, read: (v, o, e) => v.getUint32(o, e), integer: true },
  i4: { size: 4, read: (v, o, e) => v.getInt32(o, e), integer: true },
  u8: { size: 8, read: (v, o, e) => Number(v.getBigUint64(o, e)), integer: true },
  i8: { size: 8, read: (v, o, e) => Number(v.getBigInt64(o, e)), integer: true },
  f2: { size: 2, read: (v, o, e) => halfToNumber(v.getUint16(o, e)), integer: false },
  f4: { size: 4, read: (v, o, e) => v.getFloat32(o, e), integer: false },
  f8: { size: 8, read: (v, o, e) => v.getFloat64(o, e), integer: false },
};

/**
 * NumPy's .npy format, versions 1 to 3 (numpy.lib.format), C order, numeric types.
 * @throws IntactError `bad-data`
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const fail = (what: string) =>
    new IntactError('bad-data', `"${name}" ${what}. Save it again with numpy.save or numpy.savez.`);
  if (!isNpy(bytes)) throw fail('is not a NumPy array');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = bytes[6]! >= 2;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.length) throw fail('is cut off in its header');
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const descr = /'descr':\s*'([<>|=])([a-zA-Z]\d+)'/.exec(header);
  const shapeText = /'shape':\s*\(([^)]*)\)/.exec(header);
  if (!descr || !shapeText)
    throw fail('holds objects, structures or text, not plain numbers; Intact reads numeric arrays');
  if (/'fortran_order':\s*True/.test(header))
    throw fail('is stored in Fortran order; convert it with numpy.ascontiguousarray first');
  const type = readers[descr[2]!];
  if (!type) throw fail(`holds values of type ${descr[2]}; Intact reads numeric arrays`);
  const shape = shapeText[1]!
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const count = shape.reduce((a, b) => a * b, 1);
  const offset = start + length;
  if (!Number.isSafeInteger(count) || count < 0 || offset + count * type.size > bytes.length)
    throw fail(`claims ${shape.join('×')} values but holds fewer bytes`);
  if (descr[2] === 'u1' || descr[2] === 'b1')
    return { shape, data: bytes.slice(offset, offset + count), integer: true };
  const data = new Float32Array(count);
  const little = descr[1] !== '>';
  for (let i = 0; i < count; i++) data[i] = type.read(view, offset + i * type.size, little);
  return { shape, data, integer: type.integer };
}
