/**
 * Zip archives read in parts (PKWARE APPNOTE 6.3, Zip64 included): the directory is read first, each
 * entry on its own when asked for. Nothing is unpacked beyond what the reader of an entry allows.
 */
import { Inflate } from 'fflate';
import { IntactError } from '../model/error';
import { crc32, damaged } from './zip';

/** What a Blob, an open file or bytes in memory offer. */
export interface Slices {
  readonly size: number;
  slice(start: number, end: number): Slices;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface ArchiveEntry {
  /** "/"-separated; no leading "/", no "..". */
  readonly path: string;
  /** Claimed, unpacked; checked while unpacking. */
  readonly size: number;
  /** The bytes as they lie in the archive, where they are stored unpacked: read in parts. */
  stored(): Promise<Slices | undefined>;
  /** The first bytes, at most `length`, unpacked. */
  head(length: number): Promise<Uint8Array>;
  /**
   * The whole content, checked against its size and CRC-32.
   * @throws IntactError `limit` beyond `most` bytes, `malformed` when damaged
   */
  read(most: number): Promise<Uint8Array>;
}

const MOST_ENTRIES = 1_000_000;
const MOST_DIRECTORY = 2 ** 28;
const END = 22;
const decoder = new TextDecoder();

const bytesOf = async (source: Slices, start: number, end: number) =>
  new Uint8Array(await source.slice(start, Math.min(end, source.size)).arrayBuffer());

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @throws IntactError `malformed` where the directory is damaged, `limit` where it is beyond a million files */
export async function openZip(source: Slices, name: string): Promise<readonly ArchiveEntry[]> {
  const tailAt = Math.max(0, source.size - END - 65_535 - 20);
  const tail = await bytesOf(source, tailAt, source.size);
  const data = view(tail);
  let end = tail.length - END;
  while (end >= 0 && data.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw damaged(name, 'its directory is missing, so the file is cut short');
  let count = data.getUint16(end + 10, true);
  let length = data.getUint32(end + 12, true);
  let at = data.getUint32(end + 16, true);
  if (end >= 20 && data.getUint32(end - 20, true) === 0x07064b50) {
    const record = Number(data.getBigUint64(end - 12, true));
    const wide = view(await bytesOf(source, record, record + 56));
    if (wide.byteLength < 56 || wide.getUint32(0, true) !== 0x06064b50)
      throw damaged(name, 'its directory is missing, so the file is cut short');
    count = Number(wide.getBigUint64(32, true));
    length = Number(wide.getBigUint64(40, true));
    at = Number(wide.getBigUint64(48, true));
  }
  if (count > MOST_ENTRIES || length > MOST_DIRECTORY)
    throw new IntactError(
      'limit',
      `${name} holds ${count} files, more than Intact opens at once. Pack fewer.`,
    );
  if (at + length > source.size) throw damaged(name, 'its directory is missing');
  const directory = await bytesOf(source, at, at + length);
  return entriesOf(directory, count, source, name);
}

function entriesOf(
  directory: Uint8Array,
  count: number,
  source: Slices,
  name: string,
): ArchiveEntry[] {
  const data = view(directory);
  const entries: ArchiveEntry[] = [];
  let at = 0;
  let stored = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > directory.length || data.getUint32(at, true) !== 0x02014b50)
      throw damaged(name, `entry ${i + 1} of ${count} of its directory is not readable`);
    const nameLength = data.getUint16(at + 28, true);
    const extraLength = data.getUint16(at + 30, true);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const path = decoder
      .decode(directory.subarray(at + 46, at + 46 + nameLength))
      .replaceAll('\\', '/')
      .replace(/^(\.?\/)+/, '');
    const place = placeOf(data, at, extra);
    at += 46 + nameLength + extraLength + data.getUint16(at + 32, true);
    if (path === '' || path.endsWith('/') || path.split('/').includes('..')) continue;
    stored += place.storedSize;
    if (stored > source.size || place.size > place.storedSize * 1032 + 1032)
      throw damaged(name, `its entry ${path} claims more bytes than it can hold`);
    entries.push(entryOf(source, path, place, name));
  }
  return entries;
}

interface Place {
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly storedSize: number;
  readonly size: number;
  readonly offset: number;
}

/** Sizes of an entry; those beyond 32 bits stand in the Zip64 extra field, in a fixed order. */
function placeOf(data: DataView, at: number, extra: Uint8Array): Place {
  let size = data.getUint32(at + 24, true);
  let storedSize = data.getUint32(at + 20, true);
  let offset = data.getUint32(at + 42, true);
  const fields = view(extra);
  for (let p = 0; p + 4 <= extra.length; p += 4 + fields.getUint16(p + 2, true)) {
    if (fields.getUint16(p, true) !== 1) continue;
    let q = p + 4;
    const next = () => {
      const value = q + 8 <= extra.length ? Number(fields.getBigUint64(q, true)) : 0;
      q += 8;
      return value;
    };
    if (size === 0xffffffff) size = next();
    if (storedSize === 0xffffffff) storedSize = next();
    if (offset === 0xffffffff) offset = next();
    break;
  }
  return {
    encrypted: (data.getUint16(at + 8, true) & 1) === 1,
    method: data.getUint16(at + 10, true),
    crc: data.getUint32(at + 16, true),
    storedSize,
    size,
    offset,
  };
}

function entryOf(source: Slices, path: string, place: Place, name: string): ArchiveEntry {
  const packed = async (): Promise<Slices> => {
    if (place.encrypted)
      throw new IntactError(
        'unsupported',
        `${path} in ${name} is encrypted. Unpack it and drop its content.`,
      );
    if (place.method !== 0 && place.method !== 8)
      throw new IntactError(
        'unsupported',
        `${path} in ${name} is packed with zip method ${place.method}; Intact reads stored and deflated entries. Pack it again with an ordinary zip program.`,
      );
    const header = await bytesOf(source, place.offset, place.offset + 30);
    if (header.length < 30 || view(header).getUint32(0, true) !== 0x04034b50)
      throw damaged(name, `its entry ${path} has no header`);
    const data = view(header);
    const start = place.offset + 30 + data.getUint16(26, true) + data.getUint16(28, true);
    if (start + place.storedSize > source.size)
      throw damaged(name, `its entry ${path} is cut short`);
    return source.slice(start, start + place.storedSize);
  };
  const unpack = async (most: number, whole: boolean): Promise<Uint8Array> => {
    const content = await packed();
    if (place.method === 0) return bytesOf(content, 0, Math.min(content.size, most));
    return inflate(content, Math.min(most, place.size), whole, () =>
      damaged(name, `its entry ${path} cannot be unpacked`),
    );
  };
  return {
    path,
    size: place.size,
    stored: async () => (place.method === 0 ? packed() : undefined),
    head: (length) => unpack(length, false),
    async read(most) {
      if (place.size > most)
        throw new IntactError(
          'limit',
          `${path} in ${name} unpacks to ${Math.round(place.size / 2 ** 20)} MiB, more than the ${Math.round(most / 2 ** 20)} MiB that Intact keeps in memory. Save it unpacked or use fewer samples.`,
        );
      const content = await unpack(most, true);
      if (content.length !== place.size || crc32(content) !== place.crc)
        throw damaged(name, `its entry ${path} has other content than was packed`);
      return content;
    },
  };
}

const STEP = 1 << 18;

/** Inflates until `most` bytes have come, never more; in steps, so that no claim is allocated. */
async function inflate(
  packed: Slices,
  most: number,
  whole: boolean,
  fail: () => IntactError,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((chunk) => {
    length += chunk.length;
    chunks.push(chunk);
  });
  for (let at = 0; at < packed.size && (length < most || (whole && length <= most)); at += STEP) {
    const part = await bytesOf(packed, at, at + STEP);
    try {
      // Small pushes: what one push unfolds to is not bounded otherwise.
      for (let from = 0; from < part.length && length <= most; from += 1 << 14)
        stream.push(part.subarray(from, from + (1 << 14)), at + from + (1 << 14) >= packed.size);
    } catch {
      throw fail();
    }
  }
  if (whole && length !== most) throw fail();
  const content = new Uint8Array(Math.min(length, most));
  let at = 0;
  for (const chunk of chunks) {
    const take = chunk.subarray(0, content.length - at);
    content.set(take, at);
    at += take.length;
  }
  return content;
}
