/**
 * Rows of an array → an input. Reshaped where nothing but axes of one differ, moved where the shapes
 * prove channels first, resized only as pictures (bytes of image form); all else is refused with both
 * shapes.
 */
import { IntactError } from '../../model/error';
import { product, shapeText, type ArrayColumn, type PictureColumn } from '../raw';
import type { Check, Choices, InputNeed } from '../samples';
import { lookAt } from './lookAt';
import { fitPictures, pictureOf } from './picture';
import { targetShape } from './shape';
import type { Fitted } from './types';

const isChannels = (size: number | undefined): size is 1 | 3 | 4 =>
  size === 1 || size === 3 || size === 4;
const equal = (a: readonly number[], b: readonly number[]) => a.join() === b.join();
const squeezed = (shape: readonly number[]) => shape.filter((size) => size !== 1);
const movedBack = (shape: readonly number[]) => [...shape.slice(1), shape[0]!];
const movedFront = (shape: readonly number[]) => [shape[shape.length - 1]!, ...shape.slice(0, -1)];

interface Way {
  readonly value: 'as-is' | 'channels-first' | 'channels-last' | 'flattened' | 'filled';
  readonly status: Check['status'];
  readonly sentence: string;
}

/** @throws IntactError `bad-data` with both shapes */
export async function fitArray(
  column: ArrayColumn,
  need: InputNeed,
  choices: Choices,
): Promise<Fitted> {
  const { shape: from } = column;
  const { shape: to, checks: sizes } = openSizes(from, need, choices.layout);
  const way = wayOf(from, to, choices.layout);
  if (!way) return fitAsPictures(column, need, choices, to);
  const channelsFirst = to.length === 3 && !isChannels(to[2]) && isChannels(to[0]);
  const channels = to.length >= 3 ? (channelsFirst ? to[0]! : to[to.length - 1]!) : 1;
  const imageLike =
    to.length >= 3 || (to.length === 2 && to[0]! >= 8 && to[1]! >= 8) || product(to) >= 64;
  const spatial =
    from.filter((size) => size > 4).length >= 2 || to.filter((size) => size > 4).length >= 2;
  const look = await lookAt(
    column,
    need.indexLimit === 0 && imageLike && (spatial || (from.length === 1 && isSquare(product(to)))),
  );
  const layout: Check[] =
    way.value === 'as-is' && way.status === 'told'
      ? []
      : [
          {
            id: 'layout',
            label: 'Layout',
            status: way.status,
            value: way.value,
            sentence: way.sentence,
            choices: layoutChoices(from),
          },
        ];
  return {
    shape: to,
    channels,
    channelsFirst,
    form: look.form,
    ...(look.bound === undefined ? {} : { bound: look.bound }),
    found: look.found,
    checks: [...sizes, ...layout],
    read: async (index) => {
      const row = await column.row(index);
      if (way.value === 'channels-first') return toLast(row, from[0]!);
      if (way.value === 'channels-last') return toFirst(row, from[from.length - 1]!);
      return row;
    },
  };
}

const isSquare = (length: number) =>
  [1, 3].some((channels) => Number.isInteger(Math.sqrt(length / channels)));

const layoutChoices = (from: readonly number[]) => [
  { value: 'as-is', label: 'As stored', effect: shapeText(from) },
  {
    value: 'channels-first',
    label: 'Channels first',
    effect: `${shapeText(from)} becomes ${shapeText(movedBack(from))}`,
  },
];

/** Open sizes take the samples' own. */
function openSizes(
  from: readonly number[],
  need: InputNeed,
  layout: string | undefined,
): { readonly shape: readonly number[]; readonly checks: readonly Check[] } {
  const shape = targetShape(need);
  const signature = need.signature.slice(need.signature.length - shape.length);
  const open = (at: number) => (signature[at] ?? 0) < 0;
  if (!shape.some((_, at) => open(at))) return { shape, checks: [] };
  const fixed = (source: readonly number[]) =>
    source.length === shape.length && shape.every((size, at) => open(at) || size === source[at]);
  const withOne = [...from, 1];
  const orders = layout === 'channels-first' ? [movedBack(from)] : [from, withOne, movedBack(from)];
  const source = orders.find(fixed);
  if (!source) return { shape, checks: [] };
  const taken = shape.map((size, at) => (open(at) ? source[at]! : size));
  return {
    shape: taken,
    checks: equal(taken, shape)
      ? []
      : [
          {
            id: 'input-size',
            label: 'Input size',
            status: 'told',
            value: shapeText(taken),
            sentence: `The model leaves its input size open; it takes that of the samples, ${shapeText(taken)}.`,
            choices: [],
          },
        ],
  };
}

function wayOf(
  from: readonly number[],
  to: readonly number[],
  choice: string | undefined,
): Way | undefined {
  const said = (value: Way['value'], status: Way['status'], sentence: string): Way => ({
    value,
    status,
    sentence,
  });
  const [f, t] = [shapeText(from), shapeText(to)];
  if (choice === 'channels-first') {
    if (from.length >= 2 && equal(squeezed(movedBack(from)), squeezed(to)))
      return said(
        'channels-first',
        'chosen',
        `The samples (${f}) have their channels first, as chosen, and are moved to ${t}.`,
      );
    return undefined;
  }
  if (equal(from, to)) {
    const twoWays =
      from.length === 3 && from[0]! > 1 && equal(movedBack(from), to) && isChannels(from[0]);
    if (twoWays && choice === undefined)
      return said(
        'as-is',
        'asked',
        `The shape ${f} does not say whether channels come first or last; they are taken as last.`,
      );
    return said('as-is', choice ? 'chosen' : 'told', `The samples are ${f}, as the input.`);
  }
  if (equal(squeezed(from), squeezed(to)))
    return said(
      'as-is',
      'told',
      `The samples are ${f} and the input ${t}: only axes of one differ.`,
    );
  if (from.length === 3 && to.length === 3) {
    if (equal(movedBack(from), to) && choice !== 'as-is')
      return said(
        'channels-first',
        'told',
        `The samples are ${f} and the input ${t}: their channels come first and are moved, as the shapes prove.`,
      );
    if (equal(movedFront(from), to) && choice !== 'as-is')
      return said(
        'channels-last',
        'told',
        `The samples are ${f} and the input ${t}: channels are moved to the front, as the shapes prove.`,
      );
  }
  if (product(from) !== product(to)) return undefined;
  if (from.length === 1)
    return said(
      'filled',
      to[to.length - 1] === 1 || to.length < 3 ? 'told' : 'assumed',
      `The ${from[0]} numbers of a sample fill ${t} row by row.`,
    );
  if (squeezed(to).length === 1)
    return said(
      'flattened',
      from.length < 3 || from[2] === 1 ? 'told' : 'assumed',
      `The samples (${f}) are read row by row into ${t}.`,
    );
  return undefined;
}

function toLast(row: Float32Array, channels: number): Float32Array {
  const pixels = row.length / channels;
  const out = new Float32Array(row.length);
  for (let c = 0; c < channels; c++)
    for (let i = 0; i < pixels; i++) out[i * channels + c] = row[c * pixels + i]!;
  return out;
}

function toFirst(row: Float32Array, channels: number): Float32Array {
  const pixels = row.length / channels;
  const out = new Float32Array(row.length);
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < channels; c++) out[c * pixels + i] = row[i * channels + c]!;
  return out;
}

/** Bytes of image form go the way of pictures; anything else does not fit. */
async function fitAsPictures(
  column: ArrayColumn,
  need: InputNeed,
  choices: Choices,
  to: readonly number[],
): Promise<Fitted> {
  const { shape: from } = column;
  const refuse = () => {
    const turned = from.length === 2 && equal([...from].reverse(), to);
    return new IntactError(
      'bad-data',
      `The samples are ${shapeText(from)}, but the model's input "${need.name}" is ${shapeText(to)}. Only images stored as bytes (height × width × 1, 3 or 4) are resized${turned ? '; if the channels come first here, choose the layout channels-first' : ''}. Give samples of that shape.`,
      {
        samples: from,
        input: to,
        ...(from.length === 3 || turned || choices.layout
          ? {
              checks: [
                {
                  id: 'layout',
                  label: 'Layout',
                  status: choices.layout ? 'chosen' : 'asked',
                  value: choices.layout ?? 'as-is',
                  sentence: `The samples are ${shapeText(from)}, the input is ${shapeText(to)}.`,
                  choices: layoutChoices(from),
                } satisfies Check,
              ],
            }
          : {}),
      },
    );
  };
  const image = column.storage === 'bytes' ? imageForm(from, choices.layout) : undefined;
  const imageInput =
    to.length >= 2
      ? isChannels(to[to.length - 1]) || isChannels(to[0]) || to.length === 2
      : isSquare(product(to));
  if (!image || !imageInput || (to.length === 2 && from.length === 2)) throw refuse();
  const { height, width, channels, first } = image;
  const pictures: PictureColumn = {
    kind: 'pictures',
    name: column.name,
    count: column.count,
    head: () => ({ width, height, channels, depth: 8, orientation: 1 }),
    async picture(index) {
      const row = await column.row(index);
      return pictureOf(first ? toLast(row, channels) : row, height, width, channels);
    },
  };
  const fitted = fitPictures(pictures, need, choices);
  const look = await lookAt(column, true);
  const moved: Check[] = first
    ? [
        {
          id: 'layout',
          label: 'Layout',
          status: choices.layout ? 'chosen' : 'told',
          value: 'channels-first',
          sentence: `The samples are ${shapeText(from)}: their channels come first and are moved.`,
          choices: layoutChoices(from),
        },
      ]
    : [];
  return {
    ...fitted,
    form: look.form === 'numbers' ? 'numbers' : 'picture',
    found: look.found,
    checks: [...moved, ...fitted.checks],
  };
}

function imageForm(shape: readonly number[], layout: string | undefined) {
  if (shape.length === 2)
    return { height: shape[0]!, width: shape[1]!, channels: 1 as const, first: false };
  if (shape.length !== 3) return undefined;
  const [a, b, c] = shape as [number, number, number];
  const first =
    layout === 'channels-first' || (layout === undefined && isChannels(a) && !isChannels(c));
  if (first && isChannels(a)) return { height: b, width: c, channels: a, first };
  return isChannels(c) ? { height: a, width: b, channels: c, first: false } : undefined;
}
