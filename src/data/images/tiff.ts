/**
 * TIFF 6.0, first picture: strips and tiles, chunky and planar, 1, 2, 4, 8, 16 bits and 32-bit floats,
 * grey, RGB, palette, with alpha; none, LZW, Deflate and PackBits, with horizontal prediction. Every
 * strip is unpacked into its own bounded buffer.
 */
import { Unzlib } from 'fflate';
import { IntactError } from '../../model/error';
import { checkSize, type Picture, type PictureHead } from './picture';

export const isTiff = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x49 && bytes[1] === 0x49 && bytes[2] === 42 && bytes[3] === 0) ||
  (bytes[0] === 0x4d && bytes[1] === 0x4d && bytes[2] === 0 && bytes[3] === 42);

const refuse = (path: string, what: string) =>
  new IntactError('bad-data', `The image "${path}" ${what}. Save it as PNG or leave it out.`);

const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const MOST_VALUES = 1 << 20;

interface Tags {
  readonly little: boolean;
  one(tag: number, otherwise: number): number;
  all(tag: number): number[];
}

function tagsOf(bytes: Uint8Array, path: string): Tags {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const start = view.getUint32(4, little);
  if (start + 2 > bytes.length) throw refuse(path, 'is a TIFF whose directory is missing');
  const count = view.getUint16(start, little);
  const places = new Map<number, { type: number; values: number; at: number }>();
  for (let i = 0; i < count && start + 14 + 12 * i <= bytes.length; i++) {
    const at = start + 2 + 12 * i;
    const type = view.getUint16(at + 2, little);
    const values = view.getUint32(at + 4, little);
    const length = (SIZES[type] ?? 0) * values;
    const place = length > 4 ? view.getUint32(at + 8, little) : at + 8;
    if (length === 0 || values > MOST_VALUES || place + length > bytes.length) continue;
    places.set(view.getUint16(at, little), { type, values, at: place });
  }
  const all = (tag: number): number[] => {
    const place = places.get(tag);
    if (!place) return [];
    const size = SIZES[place.type]!;
    return Array.from({ length: place.values }, (_, i) => {
      const at = place.at + i * size;
      if (size === 1) return view.getUint8(at);
      return size === 2 ? view.getUint16(at, little) : view.getUint32(at, little);
    });
  };
  return { little, all, one: (tag, otherwise) => all(tag)[0] ?? otherwise };
}

interface Layout {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly samples: number;
  readonly packing: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette */
  readonly colours: number;
  readonly planar: boolean;
  readonly predictor: number;
  readonly floats: boolean;
  readonly palette: readonly number[];
  readonly channels: 1 | 2 | 3 | 4;
  /** A mask: places in the palette, and 16-bit grey by its lower byte. */
  readonly codes?: boolean;
}

function layoutOf(tags: Tags, path: string): Layout {
  const bits = tags.all(258);
  const samples = tags.one(277, 1);
  const layout = {
    width: tags.one(256, 0),
    height: tags.one(257, 0),
    bits: bits[0] ?? 1,
    samples,
    packing: tags.one(259, 1),
    colours: tags.one(262, 1),
    planar: tags.one(284, 1) === 2,
    predictor: tags.one(317, 1),
    floats: tags.one(339, 1) === 3,
    palette: tags.all(320),
  };
  if (![1, 5, 8, 32946, 32773].includes(layout.packing))
    throw refuse(path, `is a TIFF packed with method ${layout.packing}, which Intact doesn't read`);
  const depths = layout.floats ? [32] : [1, 2, 4, 8, 16];
  if (
    bits.some((value) => value !== layout.bits) ||
    !depths.includes(layout.bits) ||
    layout.colours > 3 ||
    layout.predictor > 2 ||
    (layout.predictor === 2 && layout.bits < 8) ||
    samples < 1 ||
    samples > 8
  )
    throw refuse(
      path,
      `is a TIFF of a kind that Intact doesn't read (${layout.bits} bits, ${samples} samples, colours ${layout.colours})`,
    );
  const base = layout.colours >= 2 ? 3 : 1;
  const stored = layout.colours === 2 ? 3 : 1;
  if (samples < stored) throw refuse(path, 'is a TIFF with too few samples a pixel');
  const extra = tags.one(338, 0);
  const alpha = samples > stored && (extra === 1 || extra === 2);
  return { ...layout, channels: (base + (alpha ? 1 : 0)) as 1 | 2 | 3 | 4 };
}

/** @throws IntactError `bad-data`, also for packings that `decodeTiff` does not read */
export function tiffHead(bytes: Uint8Array, path: string): PictureHead {
  const tags = tagsOf(bytes, path);
  const { width, height, channels, bits } = layoutOf(tags, path);
  return { width, height, channels, depth: bits, orientation: tags.one(274, 1) };
}

/** Not turned. @throws IntactError `bad-data`, `limit` */
export function decodeTiff(
  bytes: Uint8Array,
  path: string,
  codes = false,
  floatScale?: number,
): Picture {
  const tags = tagsOf(bytes, path);
  const read = layoutOf(tags, path);
  const layout: Layout = codes
    ? { ...read, codes, ...(read.colours === 3 ? { channels: 1 } : {}) }
    : read;
  const { width, height, channels } = layout;
  checkSize(path, width, height);
  const data = new Uint8Array(width * height * channels);
  const scale = layout.floats ? (floatScale ?? tiffFloats(bytes, path)?.scale ?? 255) : 1;
  eachValue(bytes, path, layout, pixelsOf(layout, data, scale));
  return { width, height, channels, data };
}

/** Every stored number with its pixel and place in it. */
function eachValue(bytes: Uint8Array, path: string, layout: Layout, put: Put): void {
  const tags = tagsOf(bytes, path);
  const { width, height, bits, samples, planar } = layout;
  checkSize(path, width, height);
  const tiled = tags.all(324).length > 0;
  const [blockW, blockH] = tiled
    ? [tags.one(322, width), tags.one(323, height)]
    : [width, Math.min(height, tags.one(278, height))];
  checkSize(path, blockW, blockH);
  const offsets = tags.all(tiled ? 324 : 273);
  const lengths = tags.all(tiled ? 325 : 279);
  const across = Math.ceil(width / blockW);
  const blocks = across * Math.ceil(height / blockH);
  const per = planar ? 1 : samples;
  const stride = Math.ceil((blockW * per * bits) / 8);
  for (let block = 0; block < blocks * (planar ? samples : 1); block++) {
    const index = block % blocks;
    const top = Math.floor(index / across) * blockH;
    const left = (index % across) * blockW;
    const rows = tiled ? blockH : Math.min(blockH, height - top);
    const at = offsets[block];
    const length = lengths[block] ?? (blocks === 1 ? bytes.length - (at ?? 0) : undefined);
    if (at === undefined || length === undefined || at + length > bytes.length)
      throw refuse(path, 'is cut short');
    const content = unpack(bytes.subarray(at, at + length), layout.packing, stride * rows, path);
    if (layout.predictor === 2)
      undoDifferences(content, blockW * per, per, rows, bits, tags.little);
    const value = reader(content, bits, tags.little, layout.floats);
    for (let y = 0; y < rows && top + y < height; y++)
      for (let x = 0; x < blockW && left + x < width; x++)
        for (let s = 0; s < per; s++)
          put(
            (top + y) * width + left + x,
            planar ? Math.floor(block / blocks) : s,
            value(y * stride, x * per + s),
          );
  }
}

/**
 * Least and largest number of a TIFF of floats, and their scale: floats have no agreed range, so 0 … 1 is
 * taken for the whole of grey and anything up to 255 as it is. undefined: it holds no floats.
 * @throws IntactError `bad-data` for numbers that are no picture's
 */
export function tiffFloats(bytes: Uint8Array, path: string): PictureHead['floats'] {
  const layout = layoutOf(tagsOf(bytes, path), path);
  if (!layout.floats) return undefined;
  let min = Infinity;
  let max = -Infinity;
  eachValue(bytes, path, layout, (_pixel, _sample, value) => {
    if (value < min) min = value;
    if (value > max) max = value;
  });
  if (!(min >= 0 && max <= 255.5))
    throw refuse(path, `holds floats from ${min} to ${max}, which are no grey values`);
  return { min, max, scale: max <= 1.0001 ? 255 : 1 };
}

type Put = (pixel: number, sample: number, value: number) => void;

function pixelsOf(layout: Layout, out: Uint8Array, floatScale: number): Put {
  const { bits, colours, palette, channels, floats } = layout;
  const stored = colours === 2 ? 3 : 1;
  const most = 2 ** bits - 1;
  const eight = (value: number) => {
    if (floats) return Math.max(0, Math.min(255, Math.round(value * floatScale)));
    if (bits === 16) return layout.codes ? Math.min(255, value) : value >> 8;
    return bits === 8 ? value : (value * 255) / most;
  };
  return (pixel, sample, value) => {
    const to = pixel * channels;
    if (sample >= stored) {
      if (sample === stored && channels % 2 === 0) out[to + channels - 1] = eight(value);
    } else if (colours === 3 && layout.codes) out[to] = value;
    else if (colours === 3) {
      const count = palette.length / 3;
      for (let c = 0; c < 3; c++) out[to + c] = (palette[c * count + value] ?? 0) >> 8;
    } else out[to + sample] = colours === 0 ? 255 - eight(value) : eight(value);
  };
}

function reader(content: Uint8Array, bits: number, little: boolean, floats: boolean) {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return (row: number, index: number): number => {
    if (floats) return view.getFloat32(row + 4 * index, little);
    if (bits === 8) return content[row + index]!;
    if (bits === 16) return view.getUint16(row + 2 * index, little);
    const bit = index * bits;
    return (content[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
  };
}

function undoDifferences(
  content: Uint8Array,
  width: number,
  step: number,
  rows: number,
  bits: number,
  little: boolean,
): void {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  for (let y = 0; y < rows; y++)
    for (let x = step; x < width; x++) {
      const at = y * width + x;
      if (bits === 8) content[at] = content[at]! + content[at - step]!;
      else if (bits === 16)
        view.setUint16(
          2 * at,
          view.getUint16(2 * at, little) + view.getUint16(2 * (at - step), little),
          little,
        );
    }
}

/** Exactly `size` bytes; what is missing is an error, what is too much is not unpacked. */
function unpack(packed: Uint8Array, method: number, size: number, path: string): Uint8Array {
  const out = new Uint8Array(size);
  const written =
    method === 1
      ? copy(packed, out)
      : method === 5
        ? unpackLzw(packed, out)
        : method === 32773
          ? unpackBits(packed, out)
          : inflate(packed, out);
  if (written < size) throw refuse(path, 'is damaged or cut short');
  return out;
}

function copy(packed: Uint8Array, out: Uint8Array): number {
  out.set(packed.subarray(0, out.length));
  return Math.min(packed.length, out.length);
}

function inflate(packed: Uint8Array, out: Uint8Array): number {
  let written = 0;
  const stream = new Unzlib((chunk) => {
    const take = Math.min(chunk.length, out.length - written);
    out.set(chunk.subarray(0, take), written);
    written += take;
  });
  try {
    for (let at = 0; at < packed.length && written < out.length; at += 1 << 14)
      stream.push(packed.subarray(at, at + (1 << 14)), at + (1 << 14) >= packed.length);
  } catch {
    return written;
  }
  return written;
}

function unpackBits(packed: Uint8Array, out: Uint8Array): number {
  let written = 0;
  for (let at = 0; at < packed.length && written < out.length;) {
    const count = packed[at++]!;
    if (count < 128) {
      const run = packed.subarray(at, at + Math.min(count + 1, out.length - written));
      out.set(run, written);
      written += run.length;
      at += count + 1;
    } else if (count > 128) {
      const end = Math.min(out.length, written + 257 - count);
      out.fill(packed[at++] ?? 0, written, end);
      written = end;
    }
  }
  return written;
}

/** TIFF's LZW: most significant bit first, codes grow one entry early (TIFF 6.0, section 13). */
function unpackLzw(packed: Uint8Array, out: Uint8Array): number {
  const prefix = new Uint16Array(4097);
  const suffix = new Uint8Array(4097);
  const stack = new Uint8Array(4097);
  for (let i = 0; i < 256; i++) suffix[i] = i;
  let size = 9;
  let next = 258;
  let last = -1;
  let lead = 0;
  let written = 0;
  let bits = 0;
  let held = 0;
  for (const byte of packed) {
    bits = ((bits << 8) | byte) & 0xffffff;
    held += 8;
    if (held < size) continue;
    held -= size;
    const code = (bits >>> held) & ((1 << size) - 1);
    if (code === 257) break;
    if (code === 256) {
      size = 9;
      next = 258;
      last = -1;
      continue;
    }
    if (code > next || (code === next && last < 0)) return written;
    let depth = 0;
    let walk = code;
    if (code === next) {
      stack[depth++] = lead;
      walk = last;
    }
    while (walk >= 256) {
      stack[depth++] = suffix[walk]!;
      walk = prefix[walk]!;
    }
    lead = suffix[walk]!;
    stack[depth++] = lead;
    while (depth > 0 && written < out.length) out[written++] = stack[--depth]!;
    if (written === out.length) return written;
    if (last >= 0 && next < 4096) {
      prefix[next] = last;
      suffix[next++] = lead;
      if (next + 1 >= 1 << size && size < 12) size++;
    }
    last = code;
  }
  return written;
}
