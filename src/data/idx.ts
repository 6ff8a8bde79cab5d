import { IntactError } from '../model/error';
import type { NpyArray } from './npy';

const types: Record<number, { size: number; integer: boolean }> = {
  0x08: { size: 1, integer: true },
  0x09: { size: 1, integer: true },
  0x0b: { size: 2, integer: true },
  0x0c: { size: 4, integer: true },
  0x0d: { size: 4, integer: false },
  0x0e: { size: 8, integer: false },
};

/** IDX: two zero bytes, a type, the number of dimensions (the MNIST distribution's format). */
export function isIdx(bytes: Uint8Array): boolean {
  if (bytes.length < 8 || bytes[0] !== 0 || bytes[1] !== 0) return false;
  const dims = bytes[3]!;
  return types[bytes[2]!] !== undefined && dims >= 1 && dims <= 8 && bytes.length >= 4 + 4 * dims;
}

/** @throws IntactError `bad-data` when fewer bytes follow than the header claims */
export function readIdx(bytes: Uint8Array, name: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = bytes[2]!;
  const { size, integer } = types[kind]!;
  const shape = Array.from({ length: bytes[3]! }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((a, b) => a * b, 1);
  const offset = 4 + 4 * shape.length;
  if (!Number.isSafeInteger(count) || offset + count * size > bytes.length)
    throw new IntactError(
      'bad-data',
      `"${name}" claims ${shape.join('×')} values but is shorter. Download it again.`,
    );
  if (kind === 0x08) return { shape, data: bytes.slice(offset, offset + count), integer };
  const data = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const at = offset + i * size;
    if (kind === 0x09) data[i] = view.getInt8(at);
    else if (kind === 0x0b) data[i] = view.getInt16(at);
    else if (kind === 0x0c) data[i] = view.getInt32(at);
    else if (kind === 0x0d) data[i] = view.getFloat32(at);
    else data[i] = view.getFloat64(at);
  }
  return { shape, data, integer };
}
