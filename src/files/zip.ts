/**
 * Zip archives in memory, as models come. The directory is read in `directory.ts` and only the inflating
 * is fflate's: its own `unzipSync` allocates the size that an entry claims.
 */
import { IntactError } from '../model/error';
import {
  checkPacking,
  contentStart,
  damaged,
  findDirectory,
  readDirectory,
  TAIL,
  view,
  type ZipEntry,
} from './directory';
import { crc32, inflateWhole } from './inflate';

/** Begins with a local file header, as every archive that is no program does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 22 && view(bytes).getUint32(0, true) === 0x04034b50;
}

/**
 * The files in an archive; folders are left out.
 *
 * @throws IntactError `malformed` when the directory is damaged, or an entry claims sizes that its
 *   stored bytes cannot unfold to; `limit` beyond a million entries
 */
export function zipEntries(bytes: Uint8Array, fileName: string): readonly ZipEntry[] {
  const tail = bytes.subarray(Math.max(0, bytes.length - TAIL));
  const place = findDirectory(tail, bytes.length, fileName);
  const directory = bytes.subarray(place.at, place.at + place.length);
  return readDirectory(directory, place, bytes.length, fileName);
}

/**
 * The bytes of one entry, checked against its size and CRC-32.
 *
 * @throws IntactError `malformed` when damaged; `unsupported` when encrypted or packed otherwise
 */
export function unzipEntry(bytes: Uint8Array, entry: ZipEntry, fileName: string): Uint8Array {
  checkPacking(entry, fileName);
  const header = bytes.subarray(entry.headerOffset, entry.headerOffset + 30);
  const start = contentStart(header, entry, bytes.length, fileName);
  const packed = bytes.subarray(start, start + entry.storedSize);
  const content = entry.method === 0 ? packed.slice() : inflateWhole(packed, entry.size);
  if (content?.length !== entry.size || crc32(content) !== entry.crc) {
    throw damaged(fileName, `its entry ${entry.path} has other content than was packed`);
  }
  return content;
}

const MOST_TOTAL = 2 ** 31;
/** Weights rarely pack below a twentieth; what is small may be all zeros. */
const MOST_RATIO = 64;
const SMALL = 2 ** 28;

/**
 * Bounds what entries unfold to together by a share of the archive's own bytes.
 * @throws IntactError `limit`
 */
export function checkTotal(
  entries: readonly ZipEntry[],
  archiveBytes: number,
  fileName: string,
): void {
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  const most = Math.min(MOST_TOTAL, Math.max(SMALL, archiveBytes * MOST_RATIO));
  if (total <= most) return;
  const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  throw new IntactError(
    'limit',
    `${fileName} unpacks to ${mib(total)}, more than the ${mib(most)} that Intact unpacks of such a ` +
      'file. Unpack it and drop only the files of the model.',
    { kind: 'too-many-bytes', file: fileName, bytes: total },
  );
}
