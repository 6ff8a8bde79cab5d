/**
 * PNG (W3C, third edition): every colour type and depth, interlaced too, to 8 bits a channel. Inflates
 * row by row: never more than the header's own size, whatever the data would unfold to.
 */
import { Unzlib } from 'fflate';
import { IntactError } from '../../model/error';
import { checkSize, type Picture, type PictureHead } from './picture';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** x start, y start, x step, y step of Adam7's seven passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export const isPng = (bytes: Uint8Array): boolean =>
  SIGNATURE.every((value, index) => bytes[index] === value);

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly type: number;
  readonly interlaced: boolean;
  readonly palette?: Uint8Array;
  /** tRNS as stored. */
  readonly transparency?: Uint8Array;
  readonly channels: 1 | 2 | 3 | 4;
  /** A mask: places in the palette, and 16-bit grey by its lower byte. */
  readonly codes?: boolean;
  /** Offset of the first IDAT chunk. */
  readonly dataAt: number;
}

const damaged = (path: string, what: string) =>
  new IntactError('bad-data', `The image "${path}" ${what}. Save it again or leave it out.`);

function readHeader(bytes: Uint8Array, path: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) throw damaged(path, 'is cut short');
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const depth = bytes[24]!;
  const type = bytes[25]!;
  if (!DEPTHS[type]?.includes(depth) || bytes[26] !== 0 || bytes[27] !== 0 || bytes[28]! > 1)
    throw damaged(path, `has a PNG header that the standard doesn't know`);
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  let at = 33;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (name === 'IDAT' || name === 'IEND') break;
    if (name === 'PLTE') palette = bytes.subarray(at + 8, at + 8 + length);
    if (name === 'tRNS') transparency = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  if (type === 3 && !palette && at + 8 <= bytes.length)
    throw damaged(path, 'has colour numbers but no palette');
  const base = type === 3 ? 3 : SAMPLES[type]!;
  const clear = transparency !== undefined && (type === 0 || type === 2 || type === 3);
  return {
    width,
    height,
    depth,
    type,
    interlaced: bytes[28] === 1,
    palette,
    transparency,
    channels: (base + (clear ? 1 : 0)) as 1 | 2 | 3 | 4,
    dataAt: at,
  };
}

/** @throws IntactError `bad-data` */
export function pngHead(bytes: Uint8Array, path: string): PictureHead {
  const { width, height, channels, depth } = readHeader(bytes, path);
  return { width, height, channels, depth, orientation: 1 };
}

/** @throws IntactError `bad-data` for a damaged file, `limit` for one of too many pixels */
export function decodePng(bytes: Uint8Array, path: string, codes = false): Picture {
  const read = readHeader(bytes, path);
  const header: Header = codes
    ? { ...read, codes, ...(read.type === 3 ? { channels: 1 } : {}) }
    : read;
  const { width, height, channels } = header;
  checkSize(path, width, height);
  const data = new Uint8Array(width * height * channels);
  const rows = rowTaker(header, data);
  const stream = new Unzlib((chunk) => rows.push(chunk));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    for (let at = header.dataAt; at + 8 <= bytes.length && !rows.done();) {
      const length = view.getUint32(at);
      const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
      if (name === 'IEND') break;
      if (name === 'IDAT') {
        const end = Math.min(bytes.length, at + 8 + length);
        for (let from = at + 8; from < end && !rows.done(); from += 1 << 14)
          stream.push(bytes.subarray(from, Math.min(end, from + (1 << 14))), false);
      }
      at += 12 + length;
    }
    if (!rows.done()) stream.push(new Uint8Array(0), true);
  } catch (error) {
    if (error instanceof IntactError) throw error;
    if (!rows.done()) throw damaged(path, 'cannot be unpacked; it is damaged or cut short');
  }
  if (!rows.done()) throw damaged(path, 'is cut short');
  return { width, height, channels, data };
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

function passesOf({ width, height, interlaced }: Header): Pass[] {
  if (!interlaced) return [{ x: 0, y: 0, dx: 1, dy: 1, width, height }];
  return ADAM7.map(([x, y, dx, dy]) => ({
    x,
    y,
    dx,
    dy,
    width: Math.max(0, Math.ceil((width - x) / dx)),
    height: Math.max(0, Math.ceil((height - y) / dy)),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Collects inflated bytes into scan lines, undoes their filter and writes their pixels. */
function rowTaker(header: Header, out: Uint8Array) {
  const bits = SAMPLES[header.type]! * header.depth;
  const step = Math.max(1, bits >> 3);
  const passes = passesOf(header);
  const put = pixelWriter(header, out);
  let pass = 0;
  let row = 0;
  const lengthOf = (index: number) => Math.ceil((passes[index]!.width * bits) / 8);
  let line = new Uint8Array(lengthOf(0) + 1);
  let before = new Uint8Array(line.length);
  let filled = 0;
  const next = () => {
    unfilter(line, before, step);
    const { x, y, dx, dy, width } = passes[pass]!;
    put(line, x, y + row * dy, dx, width);
    [line, before] = [before, line];
    filled = 0;
    if (++row < passes[pass]!.height) return;
    row = 0;
    if (++pass >= passes.length) return;
    line = new Uint8Array(lengthOf(pass) + 1);
    before = new Uint8Array(line.length);
  };
  return {
    done: () => pass >= passes.length,
    push(chunk: Uint8Array) {
      for (let at = 0; at < chunk.length && pass < passes.length;) {
        const take = Math.min(line.length - filled, chunk.length - at);
        line.set(chunk.subarray(at, at + take), filled);
        filled += take;
        at += take;
        if (filled === line.length) next();
      }
    },
  };
}

/** PNG filters 0…4; `line[0]` is the filter, both lines keep it in front. */
function unfilter(line: Uint8Array, before: Uint8Array, step: number): void {
  const filter = line[0]!;
  const length = line.length;
  if (filter === 1) {
    for (let i = 1 + step; i < length; i++) line[i] = line[i]! + line[i - step]!;
  } else if (filter === 2) {
    for (let i = 1; i < length; i++) line[i] = line[i]! + before[i]!;
  } else if (filter === 3) {
    for (let i = 1; i < length; i++)
      line[i] = line[i]! + (((i > step ? line[i - step]! : 0) + before[i]!) >> 1);
  } else if (filter === 4) {
    for (let i = 1; i < length; i++) {
      const a = i > step ? line[i - step]! : 0;
      const b = before[i]!;
      const c = i > step ? before[i - step]! : 0;
      const pa = Math.abs(b - c);
      const pb = Math.abs(a - c);
      const pc = Math.abs(a + b - 2 * c);
      line[i] = line[i]! + (pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
    }
  } else if (filter !== 0) throw new Error(`unknown filter ${filter}`);
}

type PutRow = (line: Uint8Array, x: number, y: number, dx: number, count: number) => void;

function pixelWriter(header: Header, out: Uint8Array): PutRow {
  const { width, depth, type, channels, palette, transparency } = header;
  const samples = SAMPLES[type]!;
  const keys = transparency && type !== 3 ? keyOf(transparency, samples) : undefined;
  const scale = depth < 8 && type === 0 ? 255 / ((1 << depth) - 1) : 1;
  const raw = (line: Uint8Array, index: number): number => {
    if (depth === 8) return line[1 + index]!;
    if (depth === 16) return (line[1 + 2 * index]! << 8) | line[2 + 2 * index]!;
    const bit = index * depth;
    return (line[1 + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  };
  return (line, x, y, dx, count) => {
    if (depth === 8 && type !== 3 && !keys && dx === 1) {
      out.set(line.subarray(1, 1 + count * samples), y * width * channels);
      return;
    }
    if (depth === 16 && !keys && dx === 1 && !header.codes) {
      const start = y * width * channels;
      for (let i = 0; i < count * samples; i++) out[start + i] = line[1 + 2 * i]!;
      return;
    }
    for (let i = 0; i < count; i++) {
      const to = (y * width + x + i * dx) * channels;
      if (type === 3) {
        const colour = raw(line, i);
        if (header.codes) {
          out[to] = colour;
          continue;
        }
        for (let c = 0; c < 3; c++) out[to + c] = palette![3 * colour + c] ?? 0;
        if (channels === 4) out[to + 3] = transparency![colour] ?? 255;
        continue;
      }
      let clear = keys !== undefined;
      for (let c = 0; c < samples; c++) {
        const value = raw(line, i * samples + c);
        if (clear && value !== keys![c]) clear = false;
        out[to + c] = depth < 16 ? value * scale : header.codes ? Math.min(255, value) : value >> 8;
      }
      if (keys) out[to + samples] = clear ? 0 : 255;
    }
  };
}

/** The one colour that is clear, in the file's own depth. */
function keyOf(transparency: Uint8Array, samples: number): number[] {
  return Array.from(
    { length: samples },
    (_, c) => ((transparency[2 * c] ?? 0) << 8) | (transparency[2 * c + 1] ?? 0),
  );
}
