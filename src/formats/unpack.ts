/** Dropped zips as the files in them, and which files never matter. */
import { IntactError } from '../model/error';
import type { ModelFile } from './format';
import { isV3Archive } from './keras/v3source';
import { whatArchiveIs } from './whatItIs';
import { checkTotal, isZip, unzipEntry, zipEntries } from '../files/zip';

const junk =
  /(^|\/)(__MACOSX\/|\.[^/]*|Thumbs\.db$|desktop\.ini$|(README|LICEN[CS]E|NOTICE|CHANGELOG)(\.\w+)?$|[^/]*\.(md|rst|txt|csv|tsv|py|ipynb|yaml|yml)$)/i;

/** Files that folders and archives of models carry along. */
export function isJunk(path: string): boolean {
  return junk.test(path);
}

const maxFiles = 10_000;

/**
 * The files, with each plain zip replaced by what it holds (one level; a `.keras` stays a file).
 *
 * @throws IntactError when an archive is damaged or is something else than a folder of files
 */
export function expandArchives(files: readonly ModelFile[]): readonly ModelFile[] {
  return files.flatMap((file): ModelFile[] => {
    if (!isZip(file.bytes)) return [file];
    const entries = zipEntries(file.bytes, file.path);
    const paths = entries.map((entry) => entry.path);
    if (isV3Archive(paths)) return [file];
    const verdict = whatArchiveIs(paths);
    if (verdict) {
      throw new IntactError(verdict.code, `${file.path} is ${verdict.is}. ${verdict.todo}`, {
        kind: verdict.kind,
        file: file.path,
      });
    }
    const useful = entries.filter((entry) => !isJunk(entry.path));
    if (useful.length === 0) {
      throw new IntactError(
        'unrecognised',
        `${file.path} is a zip archive without a model in it. Drop the model itself.`,
        { kind: 'empty-archive', file: file.path },
      );
    }
    if (useful.length > maxFiles) {
      throw new IntactError(
        'limit',
        `${file.path} holds ${useful.length} files. Drop only the files of the model.`,
        { kind: 'too-many-files', file: file.path },
      );
    }
    checkTotal(useful, file.bytes.length, file.path);
    return useful.map((entry) => ({
      path: entry.path,
      bytes: unzipEntry(file.bytes, entry, file.path),
    }));
  });
}
