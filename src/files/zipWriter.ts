/**
 * Stored zip archives (PKWARE APPNOTE 6.3, without Zip64) of parts that are not held in memory: a Blob
 * stays where it is.
 */
import { IntactError } from '../model/error';
import { view } from './directory';
import { crc32 } from './inflate';
import type { Slices } from './zipSource';

export interface ZipPart {
  readonly path: string;
  readonly bytes: Uint8Array | Slices;
}

const MOST = 2 ** 32 - 1;
const STEP = 1 << 24;
const encoder = new TextEncoder();

async function checksum(bytes: Uint8Array | Slices): Promise<number> {
  if (bytes instanceof Uint8Array) return crc32(bytes);
  let crc = 0;
  for (let at = 0; at < bytes.size; at += STEP) {
    const part = bytes.slice(at, Math.min(at + STEP, bytes.size));
    crc = crc32(new Uint8Array(await part.arrayBuffer()), crc);
  }
  return crc;
}

/** The fields that the header of an entry and the directory share (4.3.7, 4.3.12), from `at` on. */
function fill(header: Uint8Array, at: number, name: number, crc: number, size: number): void {
  const data = view(header);
  data.setUint16(at, 20, true);
  data.setUint16(at + 2, 0x0800, true); // names are UTF-8
  data.setUint16(at + 8, 0x0021, true); // 1 January 1980
  data.setUint32(at + 10, crc, true);
  data.setUint32(at + 14, size, true);
  data.setUint32(at + 18, size, true);
  data.setUint16(at + 22, name, true);
}

/**
 * The parts of an archive, in order, to be joined in a Blob.
 * @throws IntactError `limit` beyond 4 GiB or 65,535 entries
 */
export async function zipParts(entries: readonly ZipPart[]): Promise<(Uint8Array | Slices)[]> {
  const parts: (Uint8Array | Slices)[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { path, bytes } of entries) {
    const name = encoder.encode(path);
    const size = bytes instanceof Uint8Array ? bytes.length : bytes.size;
    const crc = await checksum(bytes);
    const local = new Uint8Array(30 + name.length);
    view(local).setUint32(0, 0x04034b50, true);
    fill(local, 4, name.length, crc, size);
    local.set(name, 30);
    const central = new Uint8Array(46 + name.length);
    view(central).setUint32(0, 0x02014b50, true);
    view(central).setUint16(4, 20, true);
    fill(central, 6, name.length, crc, size);
    view(central).setUint32(42, offset, true);
    central.set(name, 46);
    parts.push(local, bytes);
    directory.push(central);
    offset += local.length + size;
    if (offset > MOST || directory.length > 65_534) {
      throw new IntactError(
        'limit',
        'This is more than one file can hold (4 GiB, 65,534 parts). Save it without the samples, or delete runs first.',
      );
    }
  }
  const end = new Uint8Array(22);
  view(end).setUint32(0, 0x06054b50, true);
  view(end).setUint16(8, directory.length, true);
  view(end).setUint16(10, directory.length, true);
  view(end).setUint32(
    12,
    directory.reduce((sum, { length }) => sum + length, 0),
    true,
  );
  view(end).setUint32(16, offset, true);
  for (const part of directory) parts.push(part);
  parts.push(end);
  return parts;
}
