/**
 * Zip archives (PKWARE APPNOTE 6.3). The directory is read here and only the inflating is fflate's:
 * its own `unzipSync` allocates the size that an entry claims.
 */
import { Inflate } from 'fflate';
import { IntactError } from '../model/error';

export interface ZipEntry {
  /** "/"-separated; no leading "/", no "..". */
  readonly path: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly crc: number;
  readonly storedSize: number;
  /** Claimed; checked while inflating. */
  readonly size: number;
  readonly headerOffset: number;
}

const maxEntries = 65_535;
/** Deflate expands at most 1032:1 (zlib, "Maximum Expansion Factor"). */
const deflateRatio = 1032;
const maxTotalBytes = 2 ** 31;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Begins with a local file header, as every archive that is no installer does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 22 && view(bytes).getUint32(0, true) === 0x04034b50;
}

export function damaged(fileName: string, detail: string): IntactError {
  return new IntactError(
    'malformed',
    `${fileName} is a zip archive, but it is damaged: ${detail}. Save or download it again.`,
    { file: fileName },
  );
}

/** Offset of the end-of-central-directory record, or −1. */
function findEnd(bytes: Uint8Array): number {
  const data = view(bytes);
  const first = Math.max(0, bytes.length - 22 - 65_535);
  for (let at = bytes.length - 22; at >= first; at--) {
    if (data.getUint32(at, true) === 0x06054b50) return at;
  }
  return -1;
}

const decoder = new TextDecoder();

/**
 * The files in an archive; folders are left out.
 *
 * @throws IntactError `malformed` when the directory is damaged, when entries overlap or claim sizes
 *   that their stored bytes cannot unfold to; `limit` when all of them together are beyond 2 GiB
 */
export function zipEntries(bytes: Uint8Array, fileName: string): readonly ZipEntry[] {
  const end = findEnd(bytes);
  if (end < 0) throw damaged(fileName, 'its directory is missing, so the file is cut short');
  const data = view(bytes);
  const count = data.getUint16(end + 10, true);
  let at = data.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  let stored = 0;
  let total = 0;
  for (let i = 0; i < count && i < maxEntries; i++) {
    if (at + 46 > end || data.getUint32(at, true) !== 0x02014b50) {
      throw damaged(fileName, `entry ${i + 1} of ${count} of its directory is not readable`);
    }
    const nameLength = data.getUint16(at + 28, true);
    const name = decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const entry: ZipEntry = {
      path: name.replaceAll('\\', '/').replace(/^(\.?\/)+/, ''),
      encrypted: (data.getUint16(at + 8, true) & 1) === 1,
      method: data.getUint16(at + 10, true),
      crc: data.getUint32(at + 16, true),
      storedSize: data.getUint32(at + 20, true),
      size: data.getUint32(at + 24, true),
      headerOffset: data.getUint32(at + 42, true),
    };
    at += 46 + nameLength + data.getUint16(at + 30, true) + data.getUint16(at + 32, true);
    if (entry.path === '' || entry.path.endsWith('/')) continue;
    if (entry.path.split('/').includes('..')) continue;
    stored += entry.storedSize;
    total += entry.size;
    if (stored > bytes.length || entry.size > entry.storedSize * deflateRatio) {
      throw damaged(fileName, `its entry ${entry.path} claims more bytes than it can hold`);
    }
    entries.push(entry);
  }
  if (total > maxTotalBytes) {
    throw new IntactError(
      'limit',
      `${fileName} unpacks to more than 2 GiB, which is more than Intact opens. ` +
        'Drop only the files of the model.',
      { file: fileName, bytes: total },
    );
  }
  return entries;
}

/**
 * The bytes of one entry, checked against its size and CRC-32.
 *
 * @throws IntactError `malformed` when damaged; `unsupported` when encrypted or packed otherwise
 */
export function unzipEntry(bytes: Uint8Array, entry: ZipEntry, fileName: string): Uint8Array {
  const where = `${entry.path} in ${fileName}`;
  if (entry.encrypted) {
    throw new IntactError('unsupported', `${where} is encrypted. Unpack it and drop its content.`);
  }
  const data = view(bytes);
  const at = entry.headerOffset;
  if (at + 30 > bytes.length || data.getUint32(at, true) !== 0x04034b50) {
    throw damaged(fileName, `its entry ${entry.path} has no header`);
  }
  const start = at + 30 + data.getUint16(at + 26, true) + data.getUint16(at + 28, true);
  if (start + entry.storedSize > bytes.length) {
    throw damaged(fileName, `its entry ${entry.path} is cut short`);
  }
  const packed = bytes.subarray(start, start + entry.storedSize);
  const content = unpack(packed, entry, fileName);
  if (content.length !== entry.size || crc32(content) !== entry.crc) {
    throw damaged(fileName, `its entry ${entry.path} has other content than was packed`);
  }
  return content;
}

function unpack(packed: Uint8Array, entry: ZipEntry, fileName: string): Uint8Array {
  if (entry.method === 0) return packed.slice();
  if (entry.method === 8) return inflate(packed, entry, fileName);
  throw new IntactError(
    'unsupported',
    `${entry.path} in ${fileName} is packed with zip method ${entry.method}; Intact reads stored ` +
      'and deflated entries. Pack it again with an ordinary zip program.',
  );
}

const inflateStep = 1 << 16;

/** Inflates in steps and stops as soon as the content outgrows the claimed size. */
function inflate(packed: Uint8Array, entry: ZipEntry, fileName: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Inflate((chunk) => {
    length += chunk.length;
    chunks.push(chunk);
  });
  try {
    for (let at = 0; at < packed.length && length <= entry.size; at += inflateStep) {
      stream.push(packed.subarray(at, at + inflateStep), at + inflateStep >= packed.length);
    }
  } catch {
    throw damaged(fileName, `its entry ${entry.path} cannot be unpacked`);
  }
  if (length !== entry.size) {
    throw damaged(fileName, `its entry ${entry.path} has other content than was packed`);
  }
  const content = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    content.set(chunk, at);
    at += chunk.length;
  }
  return content;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = crcTable[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
