/**
 * The directory of a zip archive (PKWARE APPNOTE 6.3, Zip64 included): what is in it, before anything is
 * unpacked. Claims are checked against the archive's own size; programs in front of the archive
 * (self-extracting ones) shift its offsets.
 */
import { IntactError } from '../model/error';

export interface ZipEntry {
  /** "/"-separated; no leading "/", no "..". */
  readonly path: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly storedSize: number;
  /** Claimed, unpacked; checked while unpacking. */
  readonly size: number;
  readonly headerOffset: number;
}

export interface Directory {
  readonly count: number;
  readonly at: number;
  readonly length: number;
  /** Bytes before the archive: a program, in a self-extracting one. */
  readonly shift: number;
}

const END = 22;
const LOCATOR = 20;
const WIDE_END = 56;
/** Holds the end record, the longest comment, and the Zip64 records before it. */
export const TAIL = END + 65_535 + LOCATOR + WIDE_END;
const MOST_ENTRIES = 1_000_000;
const MOST_DIRECTORY = 2 ** 28;
/** Deflate expands at most 1032:1 (zlib, "Maximum Expansion Factor"). */
const DEFLATE_RATIO = 1032;

const decoder = new TextDecoder();

export function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function damaged(fileName: string, detail: string): IntactError {
  return new IntactError(
    'malformed',
    `${fileName} is a zip archive, but it is damaged: ${detail}. Save or download it again.`,
    { file: fileName },
  );
}

/**
 * Where the directory lies.
 *
 * @param tail the last `TAIL` bytes of the archive, or all of a smaller one
 * @param size bytes of the whole archive
 * @throws IntactError `malformed` where it is missing, `limit` beyond a million entries
 */
export function findDirectory(tail: Uint8Array, size: number, name: string): Directory {
  const cut = () => damaged(name, 'its directory is missing, so the file is cut short');
  const data = view(tail);
  let end = tail.length - END;
  while (end >= 0 && data.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw cut();
  let count = data.getUint16(end + 10, true);
  let length = data.getUint32(end + 12, true);
  let at = data.getUint32(end + 16, true);
  let after = end;
  const locator = end - LOCATOR;
  if (locator >= 0 && data.getUint32(locator, true) === 0x07064b50) {
    // Its own offset is that before a program was put in front; it stands right before its locator.
    const record = locator - WIDE_END;
    if (record < 0 || data.getUint32(record, true) !== 0x06064b50) throw cut();
    count = Number(data.getBigUint64(record + 32, true));
    length = Number(data.getBigUint64(record + 40, true));
    at = Number(data.getBigUint64(record + 48, true));
    after = record;
  }
  if (count > MOST_ENTRIES || length > MOST_DIRECTORY) {
    throw new IntactError(
      'limit',
      `${name} holds ${count} files, more than Intact opens at once. Pack fewer.`,
      { file: name },
    );
  }
  const shift = size - tail.length + after - length - at;
  if (shift < 0 || at + length > size) throw cut();
  return { count, at: at + shift, length, shift };
}

/**
 * The files in an archive; folders and paths that lead out of it are left out.
 *
 * @param directory its bytes, as `place` says
 * @param size bytes of the whole archive
 * @throws IntactError `malformed` where an entry is not readable or claims sizes that its stored bytes
 *   cannot unfold to
 */
export function readDirectory(
  directory: Uint8Array,
  place: Directory,
  size: number,
  name: string,
): readonly ZipEntry[] {
  const data = view(directory);
  const entries: ZipEntry[] = [];
  let at = 0;
  let stored = 0;
  let read = 0;
  // A writer without Zip64 counts modulo 65,536: the directory's own length decides.
  for (; at + 46 <= directory.length; read++) {
    if (data.getUint32(at, true) !== 0x02014b50) break;
    const nameLength = data.getUint16(at + 28, true);
    const extraLength = data.getUint16(at + 30, true);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const path = decoder
      .decode(directory.subarray(at + 46, at + 46 + nameLength))
      .replaceAll('\\', '/')
      .replace(/^(\.?\/)+/, '');
    const entry = entryOf(data, at, extra, path, place.shift);
    at += 46 + nameLength + extraLength + data.getUint16(at + 32, true);
    if (path === '' || path.endsWith('/') || path.split('/').includes('..')) continue;
    stored += entry.storedSize;
    if (stored > size || entry.size > entry.storedSize * DEFLATE_RATIO) {
      throw damaged(name, `its entry ${path} claims more bytes than it can hold`);
    }
    entries.push(entry);
  }
  if (at !== directory.length || read % 65_536 !== place.count % 65_536) {
    throw damaged(name, `entry ${read + 1} of ${place.count} of its directory is not readable`);
  }
  return entries;
}

/** Sizes beyond 32 bits stand in the Zip64 extra field, in a fixed order. */
function entryOf(
  data: DataView,
  at: number,
  extra: Uint8Array,
  path: string,
  shift: number,
): ZipEntry {
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
    path,
    method: data.getUint16(at + 10, true),
    encrypted: (data.getUint16(at + 8, true) & 1) === 1,
    crc: data.getUint32(at + 16, true),
    storedSize,
    size,
    headerOffset: offset + shift,
  };
}

/** @throws IntactError `unsupported` for an entry that is encrypted or packed otherwise */
export function checkPacking(entry: ZipEntry, name: string): void {
  if (entry.encrypted) {
    throw new IntactError(
      'unsupported',
      `${entry.path} in ${name} is encrypted. Unpack it and drop its content.`,
    );
  }
  if (entry.method !== 0 && entry.method !== 8) {
    throw new IntactError(
      'unsupported',
      `${entry.path} in ${name} is packed with zip method ${entry.method}; Intact reads stored ` +
        'and deflated entries. Pack it again with an ordinary zip program.',
    );
  }
}

/**
 * Where the content of an entry begins.
 * @param header 30 bytes from `headerOffset`
 * @throws IntactError `malformed`
 */
export function contentStart(
  header: Uint8Array,
  entry: ZipEntry,
  size: number,
  name: string,
): number {
  if (header.length < 30 || view(header).getUint32(0, true) !== 0x04034b50) {
    throw damaged(name, `its entry ${entry.path} has no header`);
  }
  const data = view(header);
  const start = entry.headerOffset + 30 + data.getUint16(26, true) + data.getUint16(28, true);
  if (start + entry.storedSize > size) {
    throw damaged(name, `its entry ${entry.path} is cut short`);
  }
  return start;
}
