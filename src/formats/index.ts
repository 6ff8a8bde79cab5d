/** The list of formats, and how dropped files become one model. */
import { IntactError } from '../model/error';
import type { Format, Imported, ModelFile, ReadOptions } from './format';
import { kerasH5Format, kerasV3Format } from './keras';
import { v3Folders } from './keras/v3source';
import { tfjsFormat } from './tfjs';
import { tfliteFormat } from './tflite';
import { expandArchives, isJunk } from './unpack';
import { whatItIs } from './whatItIs';

/** Every format that Intact reads. README.md says how to add one. */
export const formats: readonly Format[] = [tfliteFormat, kerasV3Format, kerasH5Format, tfjsFormat];

interface Candidate {
  readonly format: Format;
  /** The file or folder that the model is recognised by. */
  readonly path: string;
  readonly files: () => readonly ModelFile[];
}

/** Every model among the files: a file that a format claims alone, or the folder of an unzipped `.keras`. */
function candidates(files: readonly ModelFile[]): readonly Candidate[] {
  const folders = v3Folders(files);
  const unzipped = folders.map((folder) => ({
    format: kerasV3Format,
    path: folder || 'the folder',
    files: () => files.filter((file) => file.path.startsWith(folder)),
  }));
  const others = files.filter((file) => !folders.some((folder) => file.path.startsWith(folder)));
  const single = others.flatMap((file): Candidate[] => {
    const format = formats.find((candidate) => candidate.sniff([file]));
    if (!format) return [];
    // Shards belong to any model.json; the others are files of their own.
    const shards = () => (format.id === 'tfjs' ? files.filter((other) => other !== file) : []);
    return [{ format, path: file.path, files: () => [file, ...shards()] }];
  });
  return [...unzipped, ...single];
}

/** The sentence for files among which no format finds a model. */
function refusal(files: readonly ModelFile[]): IntactError {
  const telling = files.filter((file) => !isJunk(file.path));
  const verdicts = (telling.length > 0 ? telling : files).flatMap((file) => {
    const verdict = whatItIs(file);
    return verdict ? [{ file, verdict }] : [];
  });
  // A SavedModel comes with checkpoint files and JSON that would be named otherwise.
  const found = verdicts.find(({ verdict }) => verdict.kind === 'saved-model') ?? verdicts[0];
  if (found) {
    const { kind, code, is, todo } = found.verdict;
    return new IntactError(code, `${found.file.path} is ${is}. ${todo}`, {
      kind,
      file: found.file.path,
    });
  }
  const names = files.map((file) => file.path);
  const some = names.slice(0, 5).join(', ') + (names.length > 5 ? ', …' : '');
  return new IntactError(
    'unrecognised',
    `${some}: not recognised as a model. ` +
      `Intact opens ${formats.map((format) => format.label).join(', ')}; ` +
      'drop one of these, or its folder or zip. Samples (images, .npz, .csv) go to "Data files".',
    { kind: 'unrecognised', list: names },
  );
}

/**
 * Opens the one model among dropped files: single files, several that belong together, a folder, or
 * a zip of these. Recognised by content; files that belong to no model (a README) are left out.
 *
 * @throws IntactError `usage` for no file, several models or missing shards; `not-this-format` or
 *   `unrecognised` when there is no model, saying what the files are and what to do; otherwise what
 *   the format's `read` throws
 */
export async function openFiles(
  files: readonly ModelFile[],
  options: ReadOptions = {},
): Promise<Imported> {
  if (files.length === 0) throw new IntactError('usage', 'No file was given. Drop a model.');
  const expanded = expandArchives(files);
  const found = candidates(expanded);
  const [model] = found;
  if (!model) throw refusal(expanded);
  if (found.length > 1) {
    const paths = found.map((candidate) => candidate.path);
    const some = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ', …' : '');
    throw new IntactError(
      'usage',
      `There are ${found.length} models among the files (${some}). Drop one at a time.`,
      { kind: 'several-models', list: paths },
    );
  }
  return model.format.read(model.files(), options);
}
