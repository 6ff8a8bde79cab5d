import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ModelFile } from '../../formats/format';
import { IntactError } from '../../model/error';

/** Files and, for folders, everything in them; paths relative as a drop in the page would give them. */
export function readPaths(paths: readonly string[]): ModelFile[] {
  return paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new IntactError('unrecognised', `There is no file or folder "${path}".`);
    return stat.isDirectory() ? walk(path, basename(path)) : [read(path, basename(path))];
  });
}

function read(path: string, name: string): ModelFile {
  return { path: name, bytes: new Uint8Array(readFileSync(path)) };
}

function walk(folder: string, prefix: string): ModelFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const name = `${prefix}/${entry.name}`;
      if (entry.isDirectory()) return walk(path, name);
      return entry.isFile() ? [read(path, name)] : [];
    });
}
