/**
 * Zip archives read in parts: the directory is read first, each entry on its own when asked for.
 * Nothing is unpacked beyond what the reader of an entry allows.
 */
import { IntactError } from '../model/error';
import {
  checkPacking,
  contentStart,
  damaged,
  findDirectory,
  readDirectory,
  TAIL,
  type ZipEntry,
} from './directory';
import { crc32, inflateHead, inflateWhole } from './inflate';

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

const bytesOf = async (source: Slices, start: number, end: number) =>
  new Uint8Array(await source.slice(start, Math.min(end, source.size)).arrayBuffer());

/** @throws IntactError `malformed` where the directory is damaged, `limit` where it is beyond a million files */
export async function openZip(source: Slices, name: string): Promise<readonly ArchiveEntry[]> {
  const tail = await bytesOf(source, Math.max(0, source.size - TAIL), source.size);
  const place = findDirectory(tail, source.size, name);
  const directory = await bytesOf(source, place.at, place.at + place.length);
  const entries = readDirectory(directory, place, source.size, name);
  return entries.map((entry) => entryOf(source, entry, name));
}

const mib = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;

function entryOf(source: Slices, entry: ZipEntry, name: string): ArchiveEntry {
  const { path, size, method } = entry;
  const packed = async (): Promise<Slices> => {
    checkPacking(entry, name);
    const header = await bytesOf(source, entry.headerOffset, entry.headerOffset + 30);
    const start = contentStart(header, entry, source.size, name);
    return source.slice(start, start + entry.storedSize);
  };
  return {
    path,
    size,
    stored: async () => (method === 0 ? packed() : undefined),
    async head(length) {
      const content = await packed();
      if (method === 0) return bytesOf(content, 0, length);
      try {
        return await inflateHead(partsOf(content), Math.min(length, size));
      } catch {
        throw damaged(name, `its entry ${path} cannot be unpacked`);
      }
    },
    async read(most) {
      if (size > most) {
        throw new IntactError(
          'limit',
          `${path} in ${name} unpacks to ${mib(size)}, more than the ${mib(most)} that Intact keeps in memory. Save it unpacked or use fewer samples.`,
        );
      }
      const stored = await bytesOf(await packed(), 0, entry.storedSize);
      const content = method === 0 ? stored : inflateWhole(stored, size);
      if (content?.length !== size || crc32(content) !== entry.crc) {
        throw damaged(name, `its entry ${path} has other content than was packed`);
      }
      return content;
    },
  };
}

const STEP = 1 << 16;

async function* partsOf(packed: Slices): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < packed.size; at += STEP) yield bytesOf(packed, at, at + STEP);
}
