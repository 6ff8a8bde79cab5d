/**
 * Image files as samples: each with its own size and channels, decoded when read. Labels come from
 * folders, from a table beside the pictures, or from mask pictures; the order of classes from a file of
 * names where there is one.
 */
import { IntactError } from '../../model/error';
import type { Entry } from '../files/open';
import { listed, type LabelColumn, type PictureColumn, type RawSet } from '../raw';
import type { Check, Choices, ModelNeeds } from '../samples';
import { tiffFloats } from './tiff';
import { decodeImage, foreignImage, imageFormat, imageHead, type ImageFormat } from './index';
import { foldersOf } from './folders';
import type { ClassNames } from './labels';
import { maskColumn } from './masks';
import { labelsOfTable } from './labelTable';
import { MOST_PIXELS, hasAlpha, upright, type PictureHead } from './picture';
import type { Table } from '../tables/table';

export interface ImageFile {
  readonly entry: Entry;
  readonly format: ImageFormat;
  readonly head: PictureHead;
}
export interface LeftOut {
  readonly path: string;
  readonly why: string;
}

const HEAD_BYTES = 1 << 15;

/** One file as an image, or why it is none that can be read; undefined: it is no image at all. */
export async function imageFileOf(entry: Entry): Promise<ImageFile | LeftOut | undefined> {
  let bytes = await entry.head(HEAD_BYTES);
  const format = imageFormat(bytes);
  if (!format) {
    const foreign = foreignImage(bytes);
    return foreign ? { path: entry.path, why: `${foreign} images are not read` } : undefined;
  }
  try {
    let head: PictureHead | undefined;
    // TIFF's directory lies anywhere, a JPEG's frame behind its thumbnails.
    if (format !== 'TIFF') head = imageHead(bytes, entry.path);
    if (!head && entry.size > bytes.length) {
      bytes = await entry.read();
      head = imageHead(bytes, entry.path);
    }
    if (format === 'TIFF') {
      head ??= imageHead(bytes, entry.path);
      const floats = head && tiffFloats(bytes, entry.path);
      if (head && floats) head = { ...head, floats };
    }
    if (!head) return { path: entry.path, why: 'damaged or cut short' };
    if (head.width * head.height > MOST_PIXELS)
      return { path: entry.path, why: `more than ${MOST_PIXELS / 1e6} million pixels` };
    if (head.width < 1 || head.height < 1) return { path: entry.path, why: 'no pixels' };
    return { entry, format, head };
  } catch (error) {
    return {
      path: entry.path,
      why: error instanceof IntactError ? reasonOf(error, entry.path) : 'damaged',
    };
  }
}

const reasonOf = (error: IntactError, path: string) =>
  error.message.replace(`The image "${path}" `, '').replace(/\.? (Save|Leave|Scale).*$/, '');

export interface ImageSetParts {
  readonly images: readonly ImageFile[];
  readonly leftOut: readonly LeftOut[];
  readonly classNames?: ClassNames;
  readonly tables: readonly Table[];
  readonly archive?: string;
}

/** @throws IntactError `bad-data` where no image can be read */
export async function setOfImages(
  parts: ImageSetParts,
  needs: ModelNeeds,
  choices: Choices,
): Promise<RawSet> {
  const { leftOut } = parts;
  const total = parts.images.length + leftOut.length;
  if (parts.images.length === 0)
    throw new IntactError(
      'bad-data',
      `None of the ${total} images can be read: ${leftOutText(leftOut)}. Save them as PNG or JPEG.`,
    );
  const images = [...parts.images].sort((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
  const checks: Check[] = [];
  if (leftOut.length > 0)
    checks.push({
      id: 'left-out',
      label: 'Files left out',
      status: 'assumed',
      value: String(leftOut.length),
      sentence: `${leftOut.length} of ${total} images left out: ${leftOutText(leftOut)}.`,
      choices: [],
    });
  const folders = foldersOf(
    images.map(({ entry }) => entry.path),
    needs,
    choices,
    parts.classNames,
  );
  const picked = withFloats(folders.images.map((at) => images[at]!));
  checks.push(...folders.checks, ...pictureChecks(picked, choices));
  const table = labelsOfTable(
    parts.tables,
    picked.map(({ entry }) => entry.path),
    needs,
    choices,
    parts.classNames,
  );
  if (table) checks.push(...table.checks);
  const masks = folders.masks?.map((at) => images[at]!);
  const labels: LabelColumn[] = masks
    ? [await maskColumn(masks, turned(choices))]
    : table
      ? [table.label]
      : folders.label
        ? [folders.label]
        : [];
  const formats = [...new Set(picked.map(({ format }) => format))].join(', ');
  return {
    name:
      parts.archive ?? (picked.length === 1 ? picked[0]!.entry.path : `${picked.length} images`),
    description: `${formats} images${masks ? ' with masks' : table ? ' with a table of labels' : folders.label ? ` in ${folders.classes} class folders` : ''}`,
    count: picked.length,
    features: [pictureColumn(picked, choices)],
    labels,
    ...(folders.parts ? { parts: folders.parts } : {}),
    checks,
    sampleName: (index) => picked[index]!.entry.path,
    orderAssumed: table ? table.orderAssumed : folders.orderAssumed,
  };
}

function leftOutText(leftOut: readonly LeftOut[]): string {
  const byWhy = new Map<string, string[]>();
  for (const { path, why } of leftOut) byWhy.set(why, [...(byWhy.get(why) ?? []), path]);
  return [...byWhy]
    .map(([why, paths]) => `${paths.length} (${listed(paths, 3)}): ${why}`)
    .join('; ');
}

const turned = (choices: Choices) => choices.orientation !== 'ignore';

function pictureColumn(images: readonly ImageFile[], choices: Choices): PictureColumn {
  const turn = turned(choices);
  return {
    kind: 'pictures',
    name: 'images',
    count: images.length,
    head(index) {
      const { head } = images[index]!;
      return turn && head.orientation >= 5
        ? { ...head, width: head.height, height: head.width }
        : head;
    },
    async picture(index) {
      const { entry, head } = images[index]!;
      const picture = await decodeImage(await entry.read(), entry.path, false, head.floats?.scale);
      return turn ? upright(picture, head.orientation) : picture;
    },
  };
}

/** Pictures of floats are read by one scale, that of the largest number among them. */
function withFloats(images: readonly ImageFile[]): readonly ImageFile[] {
  const floats = images.flatMap(({ head }) => head.floats ?? []);
  if (floats.length === 0) return images;
  const scale = Math.min(...floats.map((one) => one.scale));
  return images.map((image) =>
    image.head.floats
      ? { ...image, head: { ...image.head, floats: { ...image.head.floats, scale } } }
      : image,
  );
}

function pictureChecks(images: readonly ImageFile[], choices: Choices): Check[] {
  const checks: Check[] = [];
  const count = images.length;
  const rotated = images.filter(({ head }) => head.orientation > 1).length;
  if (rotated > 0)
    checks.push({
      id: 'orientation',
      label: 'EXIF orientation',
      status: choices.orientation ? 'chosen' : 'told',
      value: turned(choices) ? 'apply' : 'ignore',
      sentence: turned(choices)
        ? `${rotated} of ${count} pictures are turned upright, as their EXIF orientation says; Keras' and torchvision's loaders leave them as stored.`
        : `${rotated} of ${count} pictures are left as stored, though their EXIF orientation says otherwise.`,
      choices: [
        { value: 'apply', label: 'Turn them upright' },
        {
          value: 'ignore',
          label: 'Leave them as stored',
          effect: 'as Keras and torchvision load them',
        },
      ],
    });
  const alpha = images.filter(({ head }) => hasAlpha(head.channels)).length;
  if (alpha > 0)
    checks.push({
      id: 'alpha',
      label: 'Transparency',
      status: 'told',
      value: 'white',
      sentence: `${alpha} of ${count} pictures have transparency; they are laid over white where the model takes no fourth channel.`,
      choices: [],
    });
  const floats = images.flatMap(({ head }) => head.floats ?? []);
  if (floats.length > 0) {
    const [first] = floats;
    const most = Math.max(...floats.map(({ max }) => max));
    const least = Math.min(...floats.map(({ min }) => min));
    checks.push({
      id: 'floats',
      label: 'Floats in pictures',
      status: 'assumed',
      value: first!.scale === 255 ? '0-1' : '0-255',
      sentence: `${floats.length} of ${count} pictures hold floats, ${Number(least.toPrecision(4))} … ${Number(most.toPrecision(4))}; ${first!.scale === 255 ? '0 … 1 is taken for black to white' : 'they are taken as grey values 0 … 255'}, and rounded to 256 levels.`,
      choices: [],
    });
  }
  const deep = images.filter(({ head }) => head.depth > 8 && !head.floats).length;
  if (deep > 0)
    checks.push({
      id: 'depth',
      label: 'Bits a channel',
      status: 'told',
      value: '8',
      sentence: `${deep} of ${count} pictures have more than 8 bits a channel; the upper 8 are taken, as TensorFlow's decode_png does.`,
      choices: [],
    });
  return checks;
}
