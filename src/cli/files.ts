/** Paths as files: models are read whole, samples in parts when they are asked for. */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readingSource } from '../data/files/bytes';
import type { SourceFile } from '../data/samples';
import type { ModelFile } from '../formats/format';
import { IntactError } from '../model/error';

interface Found {
  /** As a drop in the page would give it. */
  readonly path: string;
  readonly place: string;
}

/** Files and, for folders, everything in them. @throws IntactError `unrecognised` for a path that isn't there */
export function readPaths(paths: readonly string[]): ModelFile[] {
  return found(paths).map(({ path, place }) => ({
    path,
    bytes: new Uint8Array(readFileSync(place)),
  }));
}

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
  const file = openSync(place, 'r');
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
    const stat = statSync(place, { throwIfNoEntry: false });
    if (!stat) throw new IntactError('unrecognised', `There is no file or folder "${place}".`);
    return stat.isDirectory() ? walk(place, basename(place)) : [{ path: basename(place), place }];
  });
}

function walk(folder: string, prefix: string): Found[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry): Found[] => {
      const place = join(folder, entry.name);
      const path = `${prefix}/${entry.name}`;
      if (entry.isDirectory()) return walk(place, path);
      return entry.isFile() ? [{ path, place }] : [];
    });
}
