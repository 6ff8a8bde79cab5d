/** GIF 87a and 89a: the first frame on its canvas; what the frame leaves open is clear. */
import { IntactError } from '../../model/error';
import { checkSize, type Picture, type PictureHead } from './picture';

export const isGif = (bytes: Uint8Array): boolean =>
  /^GIF8[79]a$/.test(String.fromCharCode(...bytes.subarray(0, 6))) && bytes.length >= 13;

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  readonly palette: Uint8Array;
  readonly clear: number;
  /** Offset of the code size. */
  readonly at: number;
  /** More frames follow (as far as the bytes given tell). */
  readonly canvas: { readonly width: number; readonly height: number };
}

const refuse = (path: string, what: string) =>
  new IntactError('bad-data', `The image "${path}" ${what}. Save it again or leave it out.`);

function firstFrame(bytes: Uint8Array, path: string): Frame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const canvas = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const flags = bytes[10]!;
  let at = 13;
  let palette: Uint8Array = new Uint8Array(0);
  const table = (bits: number) => {
    const size = 3 << ((bits & 7) + 1);
    const colours = bytes.subarray(at, at + size);
    at += size;
    return colours;
  };
  if (flags & 0x80) palette = table(flags);
  let clear = -1;
  while (at < bytes.length) {
    const kind = bytes[at++]!;
    if (kind === 0x3b) break;
    if (kind === 0x21) {
      if (bytes[at] === 0xf9 && bytes[at + 2]! & 1) clear = bytes[at + 5]!;
      at += 1;
      while (at < bytes.length && bytes[at] !== 0) at += bytes[at]! + 1;
      at += 1;
    } else if (kind === 0x2c && at + 9 <= bytes.length) {
      const [left, top, width, height] = [0, 2, 4, 6].map((k) => view.getUint16(at + k, true)) as [
        number,
        number,
        number,
        number,
      ];
      const own = bytes[at + 8]!;
      at += 9;
      if (own & 0x80) palette = table(own);
      return {
        left,
        top,
        width,
        height,
        interlaced: (own & 0x40) !== 0,
        palette,
        clear,
        at,
        canvas,
      };
    } else if (kind !== 0) break;
  }
  throw refuse(path, 'is a GIF without a picture');
}

const covers = ({ left, top, width, height, canvas }: Frame) =>
  left === 0 && top === 0 && width >= canvas.width && height >= canvas.height;

/** @throws IntactError `bad-data` */
export function gifHead(bytes: Uint8Array, path: string): PictureHead {
  const frame = firstFrame(bytes, path);
  return {
    ...frame.canvas,
    channels: frame.clear >= 0 || !covers(frame) ? 4 : 3,
    depth: 8,
    orientation: 1,
  };
}

/** @throws IntactError `bad-data`, `limit` */
export function decodeGif(bytes: Uint8Array, path: string, codes = false): Picture {
  const frame = firstFrame(bytes, path);
  const { canvas, palette, clear, width, height } = frame;
  checkSize(path, canvas.width, canvas.height);
  checkSize(path, width, height);
  const indices = new Uint8Array(width * height);
  if (unpack(bytes, frame.at, indices) < indices.length) throw refuse(path, 'is cut short');
  const channels = codes ? 1 : clear >= 0 || !covers(frame) ? 4 : 3;
  const data = new Uint8Array(canvas.width * canvas.height * channels);
  const rows = frame.interlaced ? interlacedRows(height) : undefined;
  for (let line = 0; line < height; line++) {
    const y = frame.top + (rows ? rows[line]! : line);
    if (y >= canvas.height) continue;
    for (let x = 0; x < width && frame.left + x < canvas.width; x++) {
      const index = indices[line * width + x]!;
      const to = (y * canvas.width + frame.left + x) * channels;
      if (channels === 1) data[to] = index;
      else for (let c = 0; c < 3; c++) data[to + c] = palette[3 * index + c] ?? 0;
      if (channels === 4) data[to + 3] = index === clear ? 0 : 255;
    }
  }
  return { ...canvas, channels, data };
}

function interlacedRows(height: number): number[] {
  const rows: number[] = [];
  for (const [start, step] of [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const)
    for (let y = start; y < height; y += step) rows.push(y);
  return rows;
}

/** GIF's LZW into `out`, never beyond it; returns how many were written. */
function unpack(bytes: Uint8Array, start: number, out: Uint8Array): number {
  const first = bytes[start]!;
  if (first < 1 || first > 11) return 0;
  const clear = 1 << first;
  const prefix = new Uint16Array(4096);
  const suffix = new Uint8Array(4096);
  const stack = new Uint8Array(4097);
  for (let i = 0; i < clear; i++) suffix[i] = i;
  let size = first + 1;
  let next = clear + 2;
  let last = -1;
  let lead = 0;
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let at = start + 1; at < bytes.length && bytes[at] !== 0;) {
    const end = Math.min(bytes.length, at + 1 + bytes[at]!);
    for (at += 1; at < end; at++) {
      bits |= bytes[at]! << held;
      held += 8;
      while (held >= size) {
        const code = bits & ((1 << size) - 1);
        bits >>>= size;
        held -= size;
        if (code === clear) {
          size = first + 1;
          next = clear + 2;
          last = -1;
          continue;
        }
        if (code === clear + 1 || code > next) return written;
        let depth = 0;
        let walk = code;
        if (code === next) {
          if (last < 0) return written;
          stack[depth++] = lead;
          walk = last;
        }
        while (walk >= clear) {
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
          if (next === 1 << size && size < 12) size++;
        }
        last = code;
      }
    }
  }
  return written;
}
