/**
 * BMP (Windows 3 to 5, OS/2): 1, 4 and 8 bits with a palette, 16, 24 and 32 bits, bit fields, either
 * row order, RLE8 and RLE4. As Pillow: the fourth byte of 32 bits is alpha only where a mask says so.
 */
import { IntactError } from '../../model/error';
import { checkSize, type Picture, type PictureHead } from './picture';

export const isBmp = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x42 &&
  bytes[1] === 0x4d &&
  bytes.length >= 26 &&
  (bytes[14] === 12 || bytes[14]! >= 40);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  readonly palette: Uint8Array;
  readonly greys: boolean;
  readonly masks: readonly number[];
  readonly at: number;
}

const refuse = (path: string, what: string) =>
  new IntactError('bad-data', `The image "${path}" ${what}. Save it as PNG or leave it out.`);

function readHeader(bytes: Uint8Array, path: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(14, true);
  const old = size === 12;
  if (bytes.length < 14 + size) throw refuse(path, 'is cut short');
  const width = old ? view.getUint16(18, true) : view.getInt32(18, true);
  const tall = old ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? 0 : view.getUint32(30, true);
  if (![1, 4, 8, 16, 24, 32].includes(bits) || ![0, 1, 2, 3, 6].includes(compression))
    throw refuse(
      path,
      `is a BMP of ${bits} bits, packed with method ${compression}, which Intact doesn't read`,
    );
  const fields = compression === 3 || compression === 6;
  const maskAt = 54;
  const masks = fields
    ? [0, 1, 2, 3].map((i) =>
        i < 3 || size >= 56 || compression === 6
          ? maskAt + 4 * i + 4 <= bytes.length
            ? view.getUint32(maskAt + 4 * i, true)
            : 0
          : 0,
      )
    : bits === 16
      ? [0x7c00, 0x3e0, 0x1f, 0]
      : [0xff0000, 0xff00, 0xff, 0];
  const entry = old ? 3 : 4;
  const used = old ? 0 : view.getUint32(46, true);
  const colours = bits <= 8 ? Math.min(used || 1 << bits, 1 << bits) : 0;
  const paletteAt = 14 + size + (fields && size === 40 ? 12 : 0);
  const palette = new Uint8Array(3 * colours);
  let greys = colours > 0;
  for (let i = 0; i < colours; i++) {
    const p = paletteAt + i * entry;
    for (let c = 0; c < 3; c++) palette[3 * i + c] = bytes[p + 2 - c] ?? 0;
    const grey = colours === 2 ? i * 255 : i;
    greys &&= palette[3 * i] === grey && palette[3 * i + 1] === grey && palette[3 * i + 2] === grey;
  }
  return {
    width,
    height: Math.abs(tall),
    topDown: tall < 0,
    bits,
    compression,
    palette,
    greys,
    masks,
    at: view.getUint32(10, true),
  };
}

const channelsOf = ({ greys, masks }: Header) => (greys ? 1 : masks[3] ? 4 : 3);

/** @throws IntactError `bad-data` */
export function bmpHead(bytes: Uint8Array, path: string): PictureHead {
  const header = readHeader(bytes, path);
  return {
    width: header.width,
    height: header.height,
    channels: channelsOf(header),
    depth: 8,
    orientation: 1,
  };
}

/** @throws IntactError `bad-data`, `limit` */
export function decodeBmp(bytes: Uint8Array, path: string, codes = false): Picture {
  const header = readHeader(bytes, path);
  const { width, height, bits, palette, masks, topDown } = header;
  checkSize(path, width, height);
  // Black and white is no list of codes: 255 is white there.
  const coded = codes && bits <= 8 && !(header.greys && bits === 1);
  const channels = coded ? 1 : channelsOf(header);
  const packed = header.compression === 1 || header.compression === 2;
  const rows = packed ? unpackRuns(bytes, header) : bytes.subarray(header.at);
  const stride = packed ? width : Math.ceil((width * bits) / 32) * 4;
  const depth = packed ? 8 : bits;
  if (rows.length < stride * (height - 1) + Math.ceil((width * depth) / 8))
    throw refuse(path, 'is cut short');
  const data = new Uint8Array(width * height * channels);
  const fields = masks.map(fieldOf);
  for (let y = 0; y < height; y++) {
    const from = (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * channels;
      if (depth <= 8) {
        const bit = x * depth;
        const index = (rows[from + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
        for (let c = 0; c < channels; c++)
          data[to + c] = coded ? index : (palette[3 * index + c] ?? 0);
      } else {
        const p = from + (x * depth) / 8;
        let value = rows[p]! | (rows[p + 1]! << 8);
        if (depth > 16) value |= rows[p + 2]! << 16;
        if (depth === 32) value = (value | (rows[p + 3]! << 24)) >>> 0;
        for (let c = 0; c < channels; c++) data[to + c] = fields[c]!(value);
      }
    }
  }
  return { width, height, channels, data };
}

/** A bit field scaled to 0…255. */
function fieldOf(mask: number): (value: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  if (most === 255) return (value) => (value >>> shift) & 255;
  return (value) => Math.floor((((value >>> shift) & most) * 255) / most);
}

/** RLE8 and RLE4 to one byte a pixel, rows as stored; never more than width × height bytes. */
function unpackRuns(bytes: Uint8Array, { at, width, height, compression }: Header): Uint8Array {
  const out = new Uint8Array(width * height);
  const four = compression === 2;
  let x = 0;
  let y = 0;
  const put = (value: number) => {
    if (x < width && y < height) out[y * width + x] = value;
    x++;
  };
  for (let p = at; p + 1 < bytes.length;) {
    const count = bytes[p]!;
    const value = bytes[p + 1]!;
    p += 2;
    if (count > 0) {
      for (let i = 0; i < count; i++) put(four ? (i & 1 ? value & 15 : value >> 4) : value);
    } else if (value === 0) {
      x = 0;
      y++;
    } else if (value === 1) break;
    else if (value === 2) {
      x += bytes[p] ?? 0;
      y += bytes[p + 1] ?? 0;
      p += 2;
    } else {
      for (let i = 0; i < value; i++) {
        const byte = bytes[p + (four ? i >> 1 : i)] ?? 0;
        put(four ? (i & 1 ? byte & 15 : byte >> 4) : byte);
      }
      const length = four ? (value + 1) >> 1 : value;
      p += length + (length & 1);
    }
  }
  return out;
}
