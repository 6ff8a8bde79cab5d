/**
 * Keras v3 models: `.keras`, a zip of config.json, metadata.json and model.weights.h5, or the same
 * files as a folder (`model.save(folder, zipped=False)`), where the weights may come in shards.
 */
import { IntactError } from '../../model/error';
import type { ModelFile } from '../format';
import { checkTotal, isZip, unzipEntry, zipEntries } from '../../files/zip';
import { asRecord, modelName, outline, parsePythonJson } from './config';
import { isH5, openH5, type H5File } from './h5';
import type { KerasSource } from './source';
import { storeWeights } from './storeWeights';

/** The parts of a v3 model, by their names inside it. */
export interface V3Parts {
  /** Path of the archive or folder, for messages and the model's name. */
  readonly path: string;
  readonly config: Uint8Array;
  readonly metadata?: Uint8Array;
  readonly weights: readonly ModelFile[];
  readonly fileBytes: number;
}

const configFile = 'config.json';
const metadataFile = 'metadata.json';
const weightsFile = /^model(_\d+)?\.weights\.h5$/;

/** True for the entries of a `.keras` archive. */
export function isV3Archive(paths: readonly string[]): boolean {
  return (
    paths.includes(configFile) &&
    paths.some((path) => path === metadataFile || weightsFile.test(path))
  );
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** Folders among the files that hold an unzipped v3 model, with a trailing "/" ('' is the top). */
export function v3Folders(files: readonly ModelFile[]): readonly string[] {
  const withWeights = new Set(
    files
      .filter((file) => weightsFile.test(nameOf(file.path)) && isH5(file.bytes))
      .map((file) => folderOf(file.path)),
  );
  return files
    .filter((file) => nameOf(file.path) === configFile)
    .map((file) => folderOf(file.path))
    .filter((folder) => withWeights.has(folder));
}

function fromArchive(file: ModelFile): V3Parts {
  const entries = zipEntries(file.bytes, file.path);
  checkTotal(entries, file.bytes.length, file.path);
  const part = (name: string) => {
    const entry = entries.find((candidate) => candidate.path === name);
    return entry && unzipEntry(file.bytes, entry, file.path);
  };
  const config = part(configFile);
  if (!config) throw new IntactError('malformed', `${file.path} holds no ${configFile}.`);
  return {
    path: file.path,
    config,
    metadata: part(metadataFile),
    weights: entries
      .filter((entry) => weightsFile.test(entry.path))
      .map((entry) => ({
        path: `${file.path}/${entry.path}`,
        bytes: unzipEntry(file.bytes, entry, file.path),
      })),
    fileBytes: file.bytes.length,
  };
}

function fromFolder(files: readonly ModelFile[], folder: string): V3Parts | undefined {
  const part = (name: string) => files.find((file) => file.path === folder + name)?.bytes;
  const config = part(configFile);
  const metadata = part(metadataFile);
  if (!config) return undefined;
  const weights = files.filter(
    (file) => file.path.startsWith(folder) && weightsFile.test(file.path.slice(folder.length)),
  );
  const sizes = [config, metadata, ...weights.map((file) => file.bytes)];
  return {
    path: folder.replace(/\/$/, '') || 'model',
    config,
    metadata,
    weights,
    fileBytes: sizes.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0),
  };
}

const decoder = new TextDecoder();

/** Everything that the graph builder asks of a v3 model. `files` must stay open meanwhile. */
function v3Source(parts: V3Parts, files: readonly H5File[]): KerasSource {
  const fileName = parts.path.split('/').at(-1) || parts.path;
  const config = parsePythonJson(decoder.decode(parts.config), configFile, fileName);
  const metadata = parts.metadata
    ? parsePythonJson(decoder.decode(parts.metadata), metadataFile, fileName)
    : {};
  const version = asRecord(metadata)?.keras_version;
  return {
    name: modelName(config, fileName),
    config,
    kerasVersion: typeof version === 'string' ? version : '',
    weights: storeWeights(files, outline(config) ?? []),
  };
}

/** Opens the parts, hands the source to `use` and closes them again. */
export async function withV3Source<T>(parts: V3Parts, use: (source: KerasSource) => T): Promise<T> {
  if (parts.weights.length === 0) {
    throw new IntactError(
      'malformed',
      `${parts.path} holds the layers of a Keras model but not its weights (model.weights.h5). ` +
        'Save it again with model.save("model.keras").',
      { kind: 'no-weights' },
    );
  }
  const opened: H5File[] = [];
  try {
    for (const file of parts.weights) opened.push(await openH5(file.bytes, file.path));
    return use(v3Source(parts, opened));
  } finally {
    for (const file of opened) file.close();
  }
}

/** The parts of the one v3 model among the files. */
export function v3Parts(files: readonly ModelFile[]): V3Parts {
  const archive = files.find(isV3File);
  if (archive) return fromArchive(archive);
  const folder = v3Folders(files)[0];
  const parts = folder === undefined ? undefined : fromFolder(files, folder);
  if (!parts) throw new IntactError('not-this-format', 'None of the files is a Keras v3 model.');
  return parts;
}

/** A zip that holds a v3 model; false for a damaged one. */
export function isV3File(file: ModelFile): boolean {
  if (!isZip(file.bytes)) return false;
  try {
    return isV3Archive(zipEntries(file.bytes, file.path).map((entry) => entry.path));
  } catch {
    return false;
  }
}
