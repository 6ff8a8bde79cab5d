/** Pictures as masks: the numbers that they hold, and which of them there are. */
import { IntactError } from '../../model/error';
import type { Entry } from '../files/open';
import type { LabelColumn, MasksSeen } from '../raw';
import { decodeImage } from './index';
import { vocColour } from './voc';
import { upright, type Picture, type PictureHead } from './picture';

interface MaskFile {
  readonly entry: Entry;
  readonly head: PictureHead;
}

const MOST_LOOKED_AT = 64;
const MOST_COLOURS = 300;

/** Masks of one channel: grey values or a palette's numbers; of colour: `#rrggbb` by Pascal VOC's list. */
export async function maskColumn(masks: readonly MaskFile[], turn: boolean): Promise<LabelColumn> {
  const read = async ({ entry, head }: MaskFile) => {
    const picture = await decodeImage(await entry.read(), entry.path, true);
    return { picture: turn ? upright(picture, head.orientation) : picture, head };
  };
  const values = new Set<number>();
  const colours = new Set<string>();
  let palettes = 0;
  const step = Math.max(1, Math.floor(masks.length / MOST_LOOKED_AT));
  const looked = masks.filter((_, at) => at % step === 0).slice(0, MOST_LOOKED_AT);
  for (const mask of looked) {
    const { picture, head } = await read(mask);
    if (picture.channels === 1 && head.channels >= 3) palettes++;
    const grey = isGrey(picture);
    const { data, channels } = picture;
    for (let at = 0; at < data.length; at += channels)
      if (grey) values.add(data[at]!);
      else if (colours.size < MOST_COLOURS) colours.add(hex(data, at));
  }
  const seen: MasksSeen = {
    looked: looked.length,
    values: [...values].sort((a, b) => a - b),
    colours: [...colours].sort(),
    palettes,
  };
  return {
    name: 'masks',
    shape: [-1, -1],
    storage: 'bytes',
    masks: seen,
    picture: async (index) => {
      const mask = masks[index]!;
      const { picture } = await read(mask);
      return coded(picture, mask.entry.path);
    },
    row: () => Promise.reject(new IntactError('internal', 'Masks are read as pictures.')),
  };
}

const hex = (data: Uint8Array, at: number) =>
  `#${[0, 1, 2].map((c) => data[at + c]!.toString(16).padStart(2, '0')).join('')}`;

function isGrey({ data, channels }: Picture): boolean {
  if (channels < 3) return true;
  for (let at = 0; at < data.length; at += channels)
    if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  return true;
}

/** The first channel of grey, the number of each colour in Pascal VOC's list. */
function coded(picture: Picture, path: string): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 1) return picture;
  const out = new Uint8Array(width * height);
  const grey = isGrey(picture);
  for (let pixel = 0; pixel < out.length; pixel++) {
    const at = pixel * channels;
    const code = grey ? data[at]! : vocColour(hex(data, at));
    if (code === undefined)
      throw new IntactError(
        'bad-data',
        `The mask "${path}" has the colour ${hex(data, at)}, which stands for no class. Save masks as numbers of classes.`,
      );
    out[pixel] = code;
  }
  return { width, height, channels: 1, data: out };
}
