/** What the folders of image files say: parts (train, val, test), classes, masks. */
import { partOfWord } from '../arrays/parts';
import { listed, product, type LabelColumn } from '../raw';
import type { Check, CheckChoice, Choices, ModelNeeds } from '../samples';
import { readClassNames, type ClassNames } from './labels';

export interface Folders {
  /** Places in `paths` of the samples, in their order. */
  readonly images: readonly number[];
  /** Of each sample's mask. */
  readonly masks?: readonly number[];
  readonly parts?: { readonly training: readonly number[]; readonly evaluation: readonly number[] };
  readonly label?: LabelColumn;
  readonly classes: number;
  readonly checks: readonly Check[];
  readonly orderAssumed: boolean;
}

const maskFolder =
  /^(masks?|annotations?|segmentations?|segs?|labels?|targets?|gt|ground_?truth|(train|val|test)?(masks?|annot|annotations?|labels?))([_-]?(prepped|png))?([_-]?(train|training|val|valid|validation|test))?$/i;
const imageFolder = /^(images?|imgs?|inputs?|photos?|jpegimages|data|x)$/i;

/** @param paths "/"-separated, of image files only */
export function foldersOf(
  paths: readonly string[],
  needs: ModelNeeds,
  choices: Choices,
  beside: ClassNames | undefined,
): Folders {
  const folders = withoutCommon(paths.map((path) => path.split('/').slice(0, -1)));
  const spatial = needs.outputs.some(
    ({ shape }) => shape.length === 4 && product(shape.slice(1, 3)) > 1,
  );
  const masked = spatial ? pairMasks(paths, folders) : undefined;
  if (masked) return masked;
  const split = partsOf(folders);
  const all = paths.map((_, index) => index);
  const rest = split
    ? withoutCommon(folders.map((folder) => folder.filter((_, at) => at !== split.level)))
    : folders;
  const classes = needs.outputs[0] ? product(needs.outputs[0].shape.slice(1)) : 0;
  const texts = classTexts(rest, classes === 1 ? 2 : classes);
  const checks: Check[] = split ? [split.check] : [];
  const common = { images: all, ...(split ? { parts: split.parts } : {}) };
  if (!texts) return { ...common, classes: 0, checks, orderAssumed: false };
  const ordered = orderOf(
    [...new Set(texts.filter((text) => text !== ''))].sort(),
    choices,
    beside,
  );
  const unlabelled = texts.filter((text) => text === '').length;
  if (unlabelled > 0)
    checks.push(
      said(
        'unlabelled',
        'Without a label',
        String(unlabelled),
        `${unlabelled} of ${texts.length} images lie in no class folder and have no label.`,
      ),
    );
  checks.push(ordered.check);
  return {
    ...common,
    label: labelFromTexts('folders', texts, ordered),
    classes: new Set(texts).size,
    checks,
    orderAssumed: ordered.assumed,
  };
}

const said = (id: string, label: string, value: string, sentence: string): Check => ({
  id,
  label,
  status: 'told',
  value,
  sentence,
  choices: [],
});

/** Folders that all paths share are no classes. */
function withoutCommon(folders: readonly string[][]): string[][] {
  let shared = 0;
  const [first] = folders;
  while (
    first &&
    shared < first.length &&
    folders.every((folder) => folder[shared] === first[shared])
  )
    shared++;
  return folders.map((folder) => folder.slice(shared));
}

function partsOf(folders: readonly string[][]) {
  const level = [0, 1].find((at) => {
    const words = new Set(folders.map((folder) => folder[at] ?? ''));
    const named = [...words].map(partOfWord);
    return words.size > 1 && named.every((part) => part !== undefined) && named.includes('train');
  });
  if (level === undefined) return undefined;
  const names = folders.map((folder) => partOfWord(folder[level]!)!);
  const has = (part: string) => names.includes(part as 'test');
  const evaluating = has('test') ? 'test' : 'val';
  const training: number[] = [];
  const evaluation: number[] = [];
  names.forEach((part, index) => (part === evaluating ? evaluation : training).push(index));
  const counts = (['train', 'val', 'test'] as const)
    .filter(has)
    .map((part) => `${names.filter((name) => name === part).length} ${part}`);
  return {
    level,
    parts: { training, evaluation },
    check: said(
      'parts',
      'Parts',
      'kept',
      `The folders keep ${counts.join(', ')} images apart: the ${evaluating === 'test' ? 'test' : 'validation'} images evaluate, the others calibrate and train.`,
    ),
  };
}

/** The class of each path: the folder level with as many names as the model has classes, else the innermost that is not "images". */
function classTexts(folders: readonly string[][], classes: number): string[] | undefined {
  const depth = Math.max(...folders.map((folder) => folder.length));
  const levels = Array.from(
    { length: depth },
    (_, level) =>
      new Set(folders.flatMap((folder) => (folder[level] === undefined ? [] : [folder[level]]))),
  );
  const candidates = levels
    .map((names, level) => ({ level, names }))
    .filter(({ names }) => names.size > 1 && ![...names].every((name) => imageFolder.test(name)));
  if (candidates.length === 0) return undefined;
  const exact = candidates.find(({ names }) => names.size === classes);
  const { level } = exact ?? candidates[candidates.length - 1]!;
  return folders.map((folder) => folder[level] ?? '');
}

export interface Ordered {
  readonly names: readonly string[];
  readonly assumed: boolean;
  readonly check: Check;
}

const same = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');

/**
 * The order of class names: as chosen (`class-order`, `labels`), by a file of names beside the samples,
 * else alphabetical by code point, as Keras' and torchvision's loaders do.
 */
export function orderOf(
  found: readonly string[],
  choices: Choices,
  beside: ClassNames | undefined,
): Ordered {
  const given = choices.labels ? readClassNames(choices.labels, 'the labels given') : undefined;
  const file = given ?? beside;
  const covers =
    file && found.every((name) => file.names.some((other) => same(other) === same(name)));
  const whole = found.every((name) => /^\d+$/.test(name));
  const numeric = [...found].sort((a, b) => Number(a) - Number(b));
  const options: CheckChoice[] = [
    { value: 'alphabetical', label: 'Alphabetical', effect: effectOf(found) },
    ...(whole && numeric.join() !== found.join()
      ? [{ value: 'numeric', label: 'By number', effect: effectOf(numeric) }]
      : []),
    ...(covers
      ? [{ value: 'labels', label: `As in ${file.from}`, effect: effectOf(file.names) }]
      : []),
  ];
  const decided = (
    value: string,
    status: Check['status'],
    names: readonly string[],
    sentence: string,
  ): Ordered => ({
    names,
    assumed: status === 'assumed' || status === 'asked',
    check: {
      id: 'class-order',
      label: 'Order of classes',
      status,
      value,
      sentence,
      choices: options.some((option) => option.value === value)
        ? options
        : [...options, { value, label: value, effect: effectOf(names) }],
    },
  });
  const choice = choices['class-order'];
  if (choice === 'alphabetical')
    return decided(
      choice,
      'chosen',
      found,
      `Classes are in alphabetical order, as chosen: ${effectOf(found)}.`,
    );
  if (choice === 'numeric' && whole)
    return decided(
      choice,
      'chosen',
      numeric,
      `Classes are in the order of their numbers, as chosen: ${effectOf(numeric)}.`,
    );
  if (choice !== undefined && choice !== 'labels') {
    const names = choice.split(',').map((text) => text.trim());
    return decided(choice, 'chosen', names, `Classes are in the order chosen: ${effectOf(names)}.`);
  }
  if (file && covers) {
    const names = file.names.map(
      (name) => found.find((other) => same(other) === same(name)) ?? name,
    );
    return decided(
      'labels',
      given ? 'chosen' : 'told',
      names,
      `The order of classes is that of ${file.from}: ${effectOf(names)}.`,
    );
  }
  const doubt = file
    ? ` ${file.from} names ${listed(file.names, 4)}, which are not these classes, so it is not used.`
    : '';
  return decided(
    'alphabetical',
    'assumed',
    found,
    `Classes are in alphabetical order (${effectOf(found)}), as Keras and torchvision load folders; no file says so.${doubt}`,
  );
}

const effectOf = (names: readonly string[]) =>
  listed(
    names.map((name, code) => `${code} ${name}`),
    6,
  );

export function labelFromTexts(
  name: string,
  texts: readonly string[],
  { names }: Pick<Ordered, 'names'>,
): LabelColumn {
  const codes = new Map(names.map((text, code) => [text, code]));
  const values = Float64Array.from(texts, (text) => codes.get(text) ?? NaN);
  return {
    name,
    shape: [],
    storage: 'integers',
    values,
    names,
    row: (at) => Promise.resolve(Float32Array.of(values[at]!)),
  };
}

function pairMasks(paths: readonly string[], folders: readonly string[][]): Folders | undefined {
  const isMask = folders.map((folder) => folder.some((name) => maskFolder.test(name)));
  if (!isMask.some(Boolean) || isMask.every(Boolean)) return undefined;
  const stem = (path: string) =>
    path
      .split('/')
      .pop()!
      .replace(/\.[^.]+$/, '')
      .replace(/[_-]?(mask|label|seg|gt|segmentation)s?$/i, '');
  const masks = new Map<string, number>();
  paths.forEach((path, index) => {
    if (isMask[index]) masks.set(stem(path), index);
  });
  const images = paths
    .map((_, index) => index)
    .filter((index) => !isMask[index] && masks.has(stem(paths[index]!)));
  if (images.length === 0) return undefined;
  const alone = isMask.filter((mask) => !mask).length - images.length;
  return {
    images,
    masks: images.map((index) => masks.get(stem(paths[index]!))!),
    classes: 0,
    checks: [
      said(
        'masks',
        'Masks',
        'paired',
        `${images.length} images are paired with the masks of their names${alone > 0 ? `; ${alone} without a mask are left out` : ''}.`,
      ),
    ],
    orderAssumed: false,
  };
}
