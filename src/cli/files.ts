/** Paths as files: models are read whole, samples in parts when they are asked for. */
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readingSource } from '../data/files/bytes';
import type { SourceFile } from '../data/samples';
import type { ModelFile } from '../formats/format';
import { IntactError } from '../model/error';

interface Found {
  /** As a drop in the page would give it. */
  readonly path: string;
  readonly place: string;
}

/** undefined for a path that leads nowhere, whatever the reason. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function opened<T>(place: string, reading: () => T): T {
  try {
    return reading();
  } catch {
    throw new IntactError(
      'unrecognised',
      `"${place}" can't be read here: it may be gone, or you may not open it.`,
    );
  }
}

/** Files and, for folders, everything in them. @throws IntactError `unrecognised` for a path that isn't there */
export function readPaths(paths: readonly string[]): ModelFile[] {
  return found(paths).map(({ path, place }) => ({
    path,
    bytes: opened(place, () => new Uint8Array(readFileSync(place))),
  }));
}

/** A text file, whole. @throws IntactError `unrecognised` where it can't be read */
export const readText = (path: string): string => opened(path, () => readFileSync(path, 'utf8'));

/** The same as sources that are read in parts. */
export function sourcesOf(paths: readonly string[]): SourceFile[] {
  return found(paths).map(({ path, place }) => ({
    path,
    bytes: readingSource(statSync(place).size, (start, end) =>
      Promise.resolve(part(place, start, end)),
    ),
  }));
}

function part(place: string, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(end - start);
  const file = opened(place, () => openSync(place, 'r'));
  try {
    let at = 0;
    while (at < bytes.length) {
      const got = readSync(file, bytes, at, bytes.length - at, start + at);
      if (got === 0) break;
      at += got;
    }
    return bytes.subarray(0, at);
  } finally {
    closeSync(file);
  }
}

function found(paths: readonly string[]): Found[] {
  return paths.flatMap((place) => {
    if (!statOf(place))
      throw new IntactError('unrecognised', `There is no file or folder "${place}".`);
    const files = walk(place, basename(resolve(place)), new Set());
    if (files.length === 0)
      throw new IntactError('unrecognised', `The folder "${place}" holds no file.`);
    return files;
  });
}

/** Files in the order of their names; links are followed, each folder once on a way down. */
function walk(place: string, path: string, above: ReadonlySet<string>): Found[] {
  const stat = statOf(place);
  if (stat?.isFile()) return [{ path, place }];
  if (!stat?.isDirectory())
    throw new IntactError(
      'unrecognised',
      stat
        ? `"${place}" is a pipe, socket or device, which can't be read in parts. Save its contents to a file.`
        : `"${place}" is a link that leads nowhere. Remove it, or mend what it points to.`,
    );
  const real = realpathSync(place);
  if (above.has(real)) return [];
  const inside = new Set([...above, real]);
  return opened(place, () => readdirSync(place))
    .sort()
    .flatMap((name) => walk(join(place, name), `${path}/${name}`, inside));
}
