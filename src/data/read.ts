/** Files → samples, recognised by content. */
import { Gunzip } from 'fflate';
import { isZip, unzipEntry, zipEntries } from '../files/zip';
import { IntactError } from '../model/error';
import { elementCount } from '../model/graph';
import { datasetFromArrays } from './arrays';
import { readCsv, type Categories } from './csv';
import { isIdx, readIdx } from './idx';
import { imageKind, readImages } from './images';
import { isNpy, readNpy, type NpyArray } from './npy';
import type { DataFile, Dataset } from './types';

export interface ReadOptions {
  /** The model's input, batch included: tells a CSV's label column from its features. */
  readonly inputShape?: readonly number[];
  /** Codes of text columns in a CSV. */
  readonly categories?: Categories;
}

const MOST_UNPACKED = 2 ** 31;
const junk = /(^|\/)(\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)|\.(md|txt|html)$/i;

/**
 * Images (files or class folders, also zipped), .npz, .npy (samples, and labels beside them), CSV, and
 * IDX (also gzipped), in any mix that belongs together.
 * @throws IntactError `bad-data` saying what the files are and what is readable
 */
export function readData(files: readonly DataFile[], options: ReadOptions = {}): Promise<Dataset> {
  return Promise.resolve().then(() => read(files, options));
}

function read(dropped: readonly DataFile[], options: ReadOptions): Dataset {
  const files = dropped
    .map(unpackGzip)
    .filter((file) => file.bytes.length > 0 && !junk.test(file.path));
  if (files.length === 0)
    throw new IntactError(
      'bad-data',
      'The files are empty. Drop images, .npz, .npy, CSV or IDX files.',
    );
  const zips = files.filter((file) => isZip(file.bytes));
  if (zips.length === 1 && files.length === 1) return readArchive(zips[0]!, options);
  const images = files.filter((file) => imageKind(file.bytes));
  if (images.length > 0) return readImages(images);
  const arrays = new Map<string, NpyArray>();
  for (const file of files) {
    const name = baseName(file.path);
    if (isNpy(file.bytes)) arrays.set(name, readNpy(file.bytes, file.path));
    else if (isIdx(file.bytes)) arrays.set(idxRole(name), readIdx(file.bytes, file.path));
  }
  if (arrays.size > 0) {
    const what = isIdx(files[0]!.bytes) ? 'IDX' : 'NumPy arrays';
    return datasetFromArrays(arrays, files[0]!.path, what);
  }
  const [file] = files;
  const text = file && plainText(file.bytes);
  if (file && text !== undefined && /[,;\t]/.test(text.slice(0, 10_000)) && /\d/.test(text)) {
    const length = options.inputShape ? elementCount(options.inputShape.slice(1)) : undefined;
    return readCsv(text, baseName(file.path), length, options.categories);
  }
  throw new IntactError(
    'bad-data',
    `"${files[0]!.path}" is no data that Intact reads. Drop PNG or JPEG images (or a folder or zip of class folders), .npz, .npy, CSV or IDX files.`,
  );
}

const baseName = (path: string) => (path.split('/').pop() ?? path).replace(/\.(npy|gz)$/i, '');

/** The file names of MNIST's distribution: train-images-idx3-ubyte, t10k-labels-idx1-ubyte. */
function idxRole(name: string): string {
  const part = /train/i.test(name) ? '_train' : /t10k|test/i.test(name) ? '_test' : '';
  return `${/label/i.test(name) ? 'y' : 'x'}${part}`;
}

function readArchive(zip: DataFile, options: ReadOptions): Dataset {
  const entries = zipEntries(zip.bytes, zip.path).filter((entry) => !junk.test(entry.path));
  const unpack = () =>
    entries.map((entry) => ({ path: entry.path, bytes: unzipEntry(zip.bytes, entry, zip.path) }));
  if (entries.length > 0 && entries.every((entry) => entry.path.endsWith('.npy'))) {
    const arrays = new Map(
      unpack().map(({ path, bytes }) => [
        path.replace(/\.npy$/, ''),
        readNpy(bytes, `${path} in ${zip.path}`),
      ]),
    );
    const list = [...arrays].map(([key, { shape }]) => `${key} ${shape.join('×')}`).join(', ');
    return datasetFromArrays(arrays, zip.path, `NumPy .npz (${list})`);
  }
  const files = unpack();
  if (files.some((file) => isZip(file.bytes)))
    throw new IntactError(
      'bad-data',
      `"${zip.path}" holds other archives. Unpack it and drop its content.`,
    );
  return { ...read(files, options), name: zip.path };
}

/** Inflates in steps, so that a small file cannot claim more than the limit. */
function unpackGzip(file: DataFile): DataFile {
  if (file.bytes[0] !== 0x1f || file.bytes[1] !== 0x8b) return file;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream = new Gunzip((chunk) => {
    length += chunk.length;
    chunks.push(chunk);
  });
  try {
    for (let at = 0; at < file.bytes.length && length <= MOST_UNPACKED; at += 1 << 16)
      stream.push(file.bytes.subarray(at, at + (1 << 16)), at + (1 << 16) >= file.bytes.length);
  } catch {
    throw new IntactError(
      'bad-data',
      `"${file.path}" is damaged: it cannot be unpacked. Download it again.`,
    );
  }
  if (length > MOST_UNPACKED)
    throw new IntactError('limit', `"${file.path}" unpacks to more than 2 GiB. Use fewer samples.`);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { path: file.path, bytes };
}

/** The bytes as UTF-8 text; undefined when they are none. */
function plainText(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 4096).includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
