/** Pictures → an input: size, channels, layout, with what happened to how many of them. */
import { IntactError } from '../../model/error';
import { hasAlpha, withChannels, type Picture, type PictureHead } from '../images/picture';
import {
  resizeFits,
  resizeMethods,
  resizePicture,
  type ResizeFit,
  type ResizeMethod,
} from '../images/resize';
import { product, shapeText, type PictureColumn } from '../raw';
import type { Check, Choices, InputNeed } from '../samples';
import { targetShape } from './shape';
import type { Fitted } from './types';

interface Target {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3 | 4;
  readonly channelsFirst: boolean;
  readonly shape: readonly number[];
  readonly checks: readonly Check[];
}

const isChannels = (size: number | undefined): size is 1 | 3 | 4 =>
  size === 1 || size === 3 || size === 4;

/** Size that most pictures have, the first of several. */
function commonSize(heads: readonly PictureHead[]): {
  width: number;
  height: number;
  many: number;
} {
  const counts = new Map<string, { width: number; height: number; many: number }>();
  for (const { width, height } of heads) {
    const key = `${width}×${height}`;
    const known = counts.get(key);
    counts.set(key, { width, height, many: (known?.many ?? 0) + 1 });
  }
  return [...counts.values()].reduce((a, b) => (b.many > a.many ? b : a));
}

function targetOf(need: InputNeed, heads: readonly PictureHead[]): Target {
  const shape = [...targetShape(need)];
  const signature = need.signature.slice(need.signature.length - shape.length);
  const channelsFirst = shape.length === 3 && !isChannels(shape[2]) && isChannels(shape[0]);
  const rank = shape.length;
  const [h, w] = channelsFirst ? [1, 2] : [0, 1];
  const checks: Check[] = [];
  if ((rank === 2 || rank === 3) && (signature[h]! < 0 || signature[w]! < 0)) {
    const common = commonSize(heads);
    if (signature[h]! < 0) shape[h] = common.height;
    if (signature[w]! < 0) shape[w] = common.width;
    checks.push({
      id: 'input-size',
      label: 'Input size',
      status: common.many === heads.length ? 'told' : 'assumed',
      value: `${shape[h]}×${shape[w]}`,
      sentence: `The model leaves its input size open; it takes ${shape[w]}×${shape[h]} pixels, the size of ${common.many === heads.length ? 'all' : `${common.many} of ${heads.length}`} pictures.`,
      choices: [],
    });
  }
  if (rank === 3) {
    const channels = channelsFirst ? shape[0] : shape[2];
    if (isChannels(channels))
      return { height: shape[h]!, width: shape[w]!, channels, channelsFirst, shape, checks };
  }
  if (rank === 2 && shape[0]! > 1)
    return { height: shape[0]!, width: shape[1]!, channels: 1, channelsFirst, shape, checks };
  const flat = flatTarget(product(shape), heads);
  if (flat && rank <= 2) return { ...flat, channelsFirst: false, shape, checks: [flat.check] };
  const { width, height, channels } = heads[0]!;
  throw new IntactError(
    'bad-data',
    `The samples are images (the first ${width}×${height} with ${channels} channel${channels === 1 ? '' : 's'}), but the model's input "${need.name}" is ${shapeText(shape)}, which is no image of 1, 3 or 4 channels. Give samples of that shape.`,
  );
}

interface Flat {
  readonly channels: 1 | 3;
  readonly width: number;
  readonly height: number;
  /** The pictures' own size. */
  readonly own: boolean;
}

/** A vector that is a picture's pixels in a row: the pictures' own size where it fits, else a square. */
function flatTarget(
  length: number,
  heads: readonly PictureHead[],
): (Flat & { readonly check: Check }) | undefined {
  const common = commonSize(heads);
  const sizes = ([1, 3] as const).flatMap((channels): Flat[] => {
    const side = Math.sqrt(length / channels);
    const own = common.width * common.height * channels === length;
    if (own) return [{ channels, width: common.width, height: common.height, own }];
    return Number.isInteger(side) && side > 1 ? [{ channels, width: side, height: side, own }] : [];
  });
  const best = sizes.find(({ own }) => own) ?? sizes[0];
  if (!best) return undefined;
  const check: Check = {
    id: 'layout',
    label: 'Layout',
    status: best.own ? 'told' : 'assumed',
    value: 'flattened',
    sentence: `The input takes ${length} numbers: the pixels of ${best.width}×${best.height}${best.channels === 3 ? ' in colour' : ' in grey'}, row by row.`,
    choices: [],
  };
  return { ...best, check };
}

/** `resize`: a fit, a method, or both ("crop-centre,antialias"). */
export function resizeChoice(choices: Choices): {
  readonly fit: ResizeFit;
  readonly method: ResizeMethod;
  readonly chosenFit: boolean;
  readonly chosenMethod: boolean;
} {
  const words = `${choices.resize ?? ''},${choices['resize-method'] ?? ''}`
    .split(/[,+/ ]+/)
    .filter(Boolean);
  let fit: ResizeFit | undefined;
  let method: ResizeMethod | undefined;
  for (const word of words) {
    const name =
      word === 'none' || word === 'crop' ? (word === 'crop' ? 'crop-centre' : undefined) : word;
    if (name === undefined) continue;
    if (name in resizeFits) fit = name as ResizeFit;
    else if (name in resizeMethods) method = name as ResizeMethod;
    else
      throw new IntactError(
        'usage',
        `"${word}" is no way to resize. There are ${[...Object.keys(resizeFits), ...Object.keys(resizeMethods)].join(', ')}; a fit and a method may be joined by a comma.`,
      );
  }
  return {
    fit: fit ?? 'stretch',
    method: method ?? 'bilinear',
    chosenFit: fit !== undefined,
    chosenMethod: method !== undefined,
  };
}

/** @throws IntactError `bad-data` where the input is no image */
export function fitPictures(column: PictureColumn, need: InputNeed, choices: Choices): Fitted {
  const heads = Array.from({ length: column.count }, (_, index) => column.head(index));
  const target = targetOf(need, heads);
  const { height, width, channels, channelsFirst, shape } = target;
  const resize = resizeChoice(choices);
  const checks = [
    ...target.checks,
    ...sizeChecks(heads, target, resize),
    ...channelChecks(heads, channels),
  ];
  if (channelsFirst)
    checks.push({
      id: 'layout',
      label: 'Layout',
      status: 'told',
      value: 'channels-first',
      sentence: `The input is ${shapeText(shape)}, channels first; pictures are moved into that order.`,
      choices: [],
    });
  return {
    shape,
    channels,
    channelsFirst,
    form: 'picture',
    found: 'The samples are pictures, 0…255',
    checks,
    read: async (index) => {
      const picture = withChannels(await column.picture(index), channels);
      const out = resizePicture(picture, height, width, resize.method, resize.fit);
      return channelsFirst ? planes(out, height * width, channels) : out;
    },
  };
}

/** HWC → CHW. */
export function planes(data: Float32Array, pixels: number, channels: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < channels; c++) out[c * pixels + i] = data[i * channels + c]!;
  return out;
}

function sizeChecks(
  heads: readonly PictureHead[],
  { height, width }: Target,
  resize: ReturnType<typeof resizeChoice>,
): Check[] {
  const other = heads.filter((head) => head.width !== width || head.height !== height);
  if (other.length === 0 && resize.fit !== 'crop-875') return [];
  const sizes = [...new Set(other.map((head) => `${head.width}×${head.height}`))];
  const bent = other.filter(
    (head) => Math.abs(head.width * height - head.height * width) > 0.02 * head.height * width,
  ).length;
  const from =
    sizes.length === 1
      ? sizes[0]
      : `${sizes.length} sizes (${sizes.slice(0, 3).join(', ')}${sizes.length > 3 ? ' …' : ''})`;
  return [
    {
      id: 'resize',
      label: 'Resize',
      status: resize.chosenFit ? 'chosen' : bent > 0 ? 'assumed' : 'told',
      value: resize.fit,
      sentence: `${other.length} of ${heads.length} pictures are resized from ${from} to ${width}×${height}: ${resizeFits[resize.fit].toLowerCase()}${resize.fit === 'stretch' && bent > 0 ? `; ${bent} change their proportions` : ''}.`,
      choices: Object.entries(resizeFits).map(([value, label]) => ({ value, label })),
    },
    {
      id: 'resize-method',
      label: 'Resize method',
      status: resize.chosenMethod ? 'chosen' : 'assumed',
      value: resize.method,
      sentence: `Resized by ${resizeMethods[resize.method]}${resize.chosenMethod ? '' : ', the usual of Keras; nothing says which one the model was trained with'}.`,
      choices: Object.entries(resizeMethods).map(([value, label]) => ({ value, label })),
    },
  ];
}

function channelChecks(heads: readonly PictureHead[], channels: 1 | 3 | 4): Check[] {
  const colours = (head: PictureHead) =>
    hasAlpha(head.channels) ? head.channels - 1 : head.channels;
  const grey = heads.filter((head) => colours(head) === 1).length;
  const colour = heads.length - grey;
  const count = channels === 1 ? colour : grey;
  if (count === 0) return [];
  return [
    {
      id: 'channels',
      label: 'Channels',
      status: 'told',
      value: String(channels),
      sentence:
        channels === 1
          ? `${count} of ${heads.length} pictures are in colour and are turned to grey (0.299 R + 0.587 G + 0.114 B).`
          : `${count} of ${heads.length} pictures are grey; their one channel is repeated.`,
      choices: [],
    },
  ];
}

/** A row of bytes as a picture. */
export function pictureOf(
  row: Float32Array,
  height: number,
  width: number,
  channels: 1 | 3 | 4,
): Picture {
  return { width, height, channels, data: Uint8Array.from(row) };
}
