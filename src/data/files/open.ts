/**
 * Dropped files as one flat list: archives opened, gzip unpacked within a budget, what systems leave
 * behind (`.DS_Store`, `__MACOSX`) passed over. An entry is read when it is needed.
 */
import { gunzip } from '../../files/inflate';
import { openZip, type ArchiveEntry } from '../../files/zipSource';
import { IntactError } from '../../model/error';
import type { ByteSource, SourceFile } from '../samples';
import { bytesOf, memorySource } from './bytes';

/** What is unpacked into memory at most, of one file. */
export const MOST_UNPACKED = 2 ** 29;

export interface Entry {
  readonly path: string;
  /** Unpacked bytes. */
  readonly size: number;
  /** The archive it lies in: "set.zip". */
  readonly archive?: string;
  head(length: number): Promise<Uint8Array>;
  /** @throws IntactError `limit` beyond `MOST_UNPACKED` */
  read(): Promise<Uint8Array>;
  /** Readable in parts without unpacking; else the unpacked bytes in memory. */
  source(): Promise<ByteSource>;
}

const junk = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/i;
const baseOf = (path: string) => path.split('/').pop() ?? path;

const isZip = (head: Uint8Array) =>
  head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
const isGzip = (head: Uint8Array) => head[0] === 0x1f && head[1] === 0x8b;

export interface Opened {
  readonly entries: readonly Entry[];
  /** The one archive that was dropped: its name is the set's. */
  readonly archive?: string;
}

/** @throws IntactError `bad-data`, `malformed`, `limit` */
export async function openFiles(files: readonly SourceFile[]): Promise<Opened> {
  const entries: Entry[] = [];
  let archive: string | undefined;
  let opened = 0;
  for (const file of files) {
    if (junk.test(file.path) || file.bytes.size === 0) continue;
    const head = await bytesOf(file.bytes, 0, 4);
    if (isZip(head)) {
      opened += 1;
      archive = baseOf(file.path);
      for (const entry of await archiveEntries(file, files.length > 1)) entries.push(entry);
    } else if (isGzip(head)) {
      const bytes = unpacked(await bytesOf(file.bytes), file.path);
      entries.push(plainEntry(file.path.replace(/\.gz$/i, ''), memorySource(bytes)));
    } else entries.push(plainEntry(file.path, file.bytes));
  }
  return { entries, ...(opened === 1 && files.length === 1 ? { archive } : {}) };
}

function plainEntry(path: string, source: ByteSource): Entry {
  return {
    path: path.replaceAll('\\', '/').replace(/^(\.?\/)+/, ''),
    size: source.size,
    head: (length) => bytesOf(source, 0, length),
    read: () => bytesOf(source),
    source: () => Promise.resolve(source),
  };
}

async function archiveEntries(file: SourceFile, several: boolean): Promise<Entry[]> {
  const name = baseOf(file.path);
  const entries = (await openZip(file.bytes, name)).filter(
    ({ path, size }) => !junk.test(path) && size > 0,
  );
  // An .npz beside other files keeps its name as a folder: the arrays of two don't mix.
  const prefix = several ? `${name.replace(/\.(zip|npz)$/i, '')}/` : '';
  return entries.map((entry) => archivedEntry(entry, prefix, name));
}

function archivedEntry(entry: ArchiveEntry, prefix: string, archive: string): Entry {
  return {
    path: prefix + entry.path,
    size: entry.size,
    archive,
    head: (length) => entry.head(length),
    read: () => entry.read(MOST_UNPACKED),
    source: async () =>
      ((await entry.stored()) as ByteSource | undefined) ??
      memorySource(await entry.read(MOST_UNPACKED)),
  };
}

/** Of gzip, which does not say its size for sure: the packed and the unpacked are held at once. */
const MOST_GZIP = 2 ** 28;

/** @throws IntactError `bad-data` for a wrong checksum or a cut file, `limit` beyond `MOST_GZIP` */
function unpacked(packed: Uint8Array, path: string): Uint8Array {
  const bytes = gunzip(packed, MOST_GZIP);
  if (bytes === 'damaged') {
    throw new IntactError(
      'bad-data',
      `"${path}" is damaged: its content is cut short or not what was packed. Download it again.`,
    );
  }
  if (bytes === 'beyond') {
    throw new IntactError(
      'limit',
      `"${path}" unpacks to more than ${MOST_GZIP / 2 ** 20} MiB. Use fewer samples.`,
    );
  }
  return bytes;
}
