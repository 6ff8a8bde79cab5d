/**
 * Files → one set of samples, recognised by content: images, arrays, tables, JSON, in any mix that
 * belongs together. What is passed over is said with its count.
 */
import { IntactError } from '../model/error';
import { setOfArrays } from './arrays/bind';
import { isIdx, openIdx } from './arrays/idx';
import { isNpy, openNpy } from './arrays/npy';
import type { NumberArray } from './arrays/types';
import { openFiles, type Entry } from './files/open';
import { isLabelsFile, readClassNames, type ClassNames } from './images/labels';
import { imageFileOf, setOfImages, type ImageFile, type LeftOut } from './images/set';
import { listed, product, type RawSet } from './raw';
import type { Choices, ModelNeeds, SourceFile } from './samples';
import { foreignData } from './foreign';
import { setOfTable } from './tables/columns';
import { looksLikeJson, readJson } from './tables/json';
import { looksLikeLibsvm, readLibsvm } from './tables/libsvm';
import { arraysOfTables, joinTables, type JoinedTables } from './tables/several';
import { readTable, type Table } from './tables/table';
import { MOST_TEXT_BYTES, textOf } from './tables/text';
import { unwatched, type Watch } from './watch';

interface Found {
  readonly images: ImageFile[];
  readonly leftOut: LeftOut[];
  readonly arrays: Map<string, NumberArray>;
  readonly tables: Table[];
  readonly others: string[];
  classNames?: ClassNames;
  arrayKind: string;
}

const READABLE =
  'Drop images (PNG, JPEG, WebP, BMP, GIF, TIFF; files, a folder or zip of class folders), .npz, .npy, IDX, CSV, text tables or JSON.';

/** @throws IntactError `bad-data` saying what the files are and what is readable */
export async function readSet(
  files: readonly SourceFile[],
  needs: ModelNeeds,
  choices: Choices,
  { beat }: Watch = unwatched,
): Promise<RawSet> {
  const { entries, archive } = await openFiles(files);
  if (entries.length === 0) throw new IntactError('bad-data', `The files are empty. ${READABLE}`);
  const found: Found = {
    images: [],
    leftOut: [],
    arrays: new Map(),
    tables: [],
    others: [],
    arrayKind: 'NumPy arrays',
  };
  const common = commonFolder(entries.map(({ path }) => path));
  const later: Entry[] = [];
  for (const entry of entries) if (!(await asBinary(entry, common, found))) later.push(entry);
  const pictures = found.images.length > 0;
  for (const entry of later) await asText(entry, needs, choices, found, pictures, beat);
  const raw = await setOf(found, entries, archive, needs, choices);
  const name = archive ?? raw.name;
  if (found.others.length === 0) return { ...raw, name };
  const sentence = `${found.others.length} of ${entries.length} files are no samples and passed over: ${listed(found.others, 4)}.`;
  return {
    ...raw,
    name,
    checks: [
      ...raw.checks,
      {
        id: 'passed-over',
        label: 'Files passed over',
        status: 'told',
        value: String(found.others.length),
        sentence,
        choices: [],
      },
    ],
  };
}

async function setOf(
  found: Found,
  entries: readonly Entry[],
  archive: string | undefined,
  needs: ModelNeeds,
  choices: Choices,
): Promise<RawSet> {
  if (found.images.length + found.leftOut.length > 0)
    return setOfImages({ ...found, archive }, needs, choices);
  const first = archive ?? entries[0]!.path.split('/').pop()!;
  const [only] = found.tables;
  if (found.arrays.size === 0 && only) {
    if (found.tables.length === 1) return setOfTable(only, needs, choices, found.classNames);
    const joined = joinTables(found.tables);
    if (joined) return partedTable(joined, needs, choices, found.classNames);
  }
  const arrays = new Map([...found.arrays, ...arraysOfTables(found.tables)]);
  if (arrays.size > 0) {
    const what = found.tables.length > 0 ? 'Tables' : found.arrayKind;
    const set = await setOfArrays(arrays, first, what, needs, choices);
    const said = found.tables.flatMap((table) =>
      table.checks
        .filter(({ id }) => id !== 'header')
        .map((check) => ({ ...check, sentence: `"${table.name}": ${check.sentence}` })),
    );
    return namedClasses({ ...set, checks: [...said, ...set.checks] }, found.classNames, choices);
  }
  throw new IntactError(
    'bad-data',
    `"${entries[0]!.path}"${entries.length > 1 ? ` and ${entries.length - 1} more` : ''} ${entries.length > 1 ? 'are' : 'is'} no data that Intact reads. ${READABLE}`,
  );
}

/** Tables of parts as one set; rows that are left out leave their part. */
function partedTable(
  { table, parts }: JoinedTables,
  needs: ModelNeeds,
  choices: Choices,
  beside: ClassNames | undefined,
): RawSet {
  const set = setOfTable(table, needs, choices, beside);
  const evaluating = new Set(parts.evaluation);
  const all = Array.from(set.rows, (row, index) => ({ index, evaluates: evaluating.has(row) }));
  const of = (evaluates: boolean) =>
    all.filter((one) => one.evaluates === evaluates).map(({ index }) => index);
  return { ...set, parts: { training: of(false), evaluation: of(true) } };
}

/** Names of classes for labels that are texts. */
function namedClasses(raw: RawSet, beside: ClassNames | undefined, choices: Choices): RawSet {
  const names = choices.labels ? readClassNames(choices.labels, 'the labels given') : beside;
  if (!names) return raw;
  const labels = raw.labels.map((label) => {
    if (!label.names || !label.values) return label;
    const known = label.names;
    const covers = known.every((name) => names.names.includes(name));
    if (!covers) return label;
    const places = known.map((name) => names.names.indexOf(name));
    const values = label.values.map((value) => (Number.isNaN(value) ? value : places[value]!));
    return {
      ...label,
      names: names.names,
      values,
      row: (index: number) => Promise.resolve(Float32Array.of(values[index]!)),
    };
  });
  return { ...raw, labels };
}

function commonFolder(paths: readonly string[]): string {
  const [first] = paths;
  if (first === undefined || paths.length < 2) return '';
  const folders = first.split('/').slice(0, -1);
  let prefix = '';
  for (const folder of folders) {
    const next = `${prefix}${folder}/`;
    if (!paths.every((path) => path.startsWith(next))) break;
    prefix = next;
  }
  return prefix;
}

/** The file names of MNIST's distribution: train-images-idx3-ubyte, t10k-labels-idx1-ubyte. */
function idxName(name: string): string {
  const part = /train/i.test(name) ? '_train' : /t10k|test/i.test(name) ? '_test' : '';
  return `${/label/i.test(name) ? 'y' : 'x'}${part}`;
}

/** @returns whether the entry was an image or an array (or a file of names) */
async function asBinary(entry: Entry, common: string, found: Found): Promise<boolean> {
  const head = await entry.head(64);
  const inside = entry.path.startsWith(common) ? entry.path.slice(common.length) : entry.path;
  const where = entry.archive ? `${entry.path} in ${entry.archive}` : entry.path;
  if (isNpy(head)) {
    const name = inside.replace(/\.npy$/i, '');
    found.arrays.set(name, await openNpy(await entry.source(), name, where));
    if (entry.archive && /\.npz$/i.test(entry.archive)) found.arrayKind = 'NumPy .npz';
    return true;
  }
  if (isIdx(head) && entry.size >= 8) {
    const name = idxName(inside);
    found.arrays.set(
      found.arrays.has(name) ? inside : name,
      await openIdx(await entry.source(), name, where),
    );
    found.arrayKind = 'IDX';
    return true;
  }
  const image = await imageFileOf(entry);
  if (image) {
    if ('why' in image) found.leftOut.push(image);
    else found.images.push(image);
    return true;
  }
  return false;
}

const tableName = /\.(csv|tsv|txt|data|dat|tab|json|jsonl|ndjson|test|train|svm|libsvm)$/i;

async function asText(
  entry: Entry,
  needs: ModelNeeds,
  choices: Choices,
  found: Found,
  pictures: boolean,
  beat: () => void,
): Promise<void> {
  const name = entry.path.split('/').pop()!;
  const aside = () => found.others.push(entry.path);
  if (
    /\.(md|html?|pdf|rtf|yaml|yml|xml|py|ipynb|license)$/i.test(name) ||
    /^(readme|license)/i.test(name)
  )
    return void aside();
  const foreign = foreignData(await entry.head(512), name);
  if (foreign) {
    if (pictures || found.arrays.size > 0) return void aside();
    throw new IntactError('bad-data', `"${entry.path}" is ${foreign}`);
  }
  if (pictures && (!tableName.test(name) || entry.size > 2 ** 26)) return void aside();
  if (entry.size > MOST_TEXT_BYTES)
    throw new IntactError(
      'limit',
      `"${entry.path}" is larger than ${MOST_TEXT_BYTES / 2 ** 20} MiB, the most that Intact reads of a text. Save it with numpy.savez, or use fewer rows.`,
    );
  const text = textOf(await entry.read());
  if (!text) return void aside();
  if (isLabelsFile(entry.path)) {
    const names = readClassNames(text.text, name);
    if (names) {
      found.classNames = names;
      return;
    }
  }
  try {
    if (looksLikeJson(text.text)) {
      const data = readJson(text.text, name);
      if (data.kind === 'table') found.tables.push(data.table);
      else for (const [key, array] of data.arrays) found.arrays.set(key, array);
      found.arrayKind = 'JSON';
      return;
    }
    if (!/\.(csv|tsv)$/i.test(name) && !/\d/.test(text.text.slice(0, 2 ** 20))) return void aside();
    if (looksLikeLibsvm(text.text)) {
      const width = needs.inputs.reduce((sum, { shape }) => sum + product(shape.slice(1)), 0);
      found.tables.push(readLibsvm(text.text, name, width));
      return;
    }
    found.tables.push(readTable(text, name, choices, beat));
  } catch (error) {
    // Beside pictures, a text that is no table is a note, not the samples.
    if (!pictures || !(error instanceof IntactError)) throw error;
    aside();
  }
}
