/**
 * JPEG: baseline and progressive, grey, YCbCr and RGB by libjpeg itself (images/codecs.ts); CMYK and
 * YCCK, which it does not turn into RGB, by jpeg-js. The orientation of EXIF is read here and applied
 * by the caller.
 */
import { decode as decodeInScript } from 'jpeg-js';
import { IntactError } from '../../model/error';
import { codec } from './codecs';
import { checkSize, MOST_PIXELS, type Picture, type PictureHead } from './picture';

export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly precision: number;
  readonly orientation: number;
  /** Lossless, arithmetic or hierarchical: not what libjpeg reads here. */
  readonly unusual: boolean;
}

/** The frame header; undefined where the bytes end before it. */
function frameOf(bytes: Uint8Array): Frame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation = 1;
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd8 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return undefined;
    const length = view.getUint16(at + 2);
    if (marker === 0xe1) orientation = exifOrientation(bytes.subarray(at + 4, at + 2 + length));
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame && at + 10 <= bytes.length)
      return {
        precision: bytes[at + 4]!,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
        orientation,
        unusual: marker > 0xc2,
      };
    at += 2 + length;
  }
  return undefined;
}

/** Tag 0x0112 of the first directory of an EXIF segment (TIFF inside APP1); 1 where there is none. */
export function exifOrientation(segment: Uint8Array): number {
  if (segment.length < 14 || String.fromCharCode(...segment.subarray(0, 4)) !== 'Exif') return 1;
  return tiffOrientation(segment.subarray(6));
}

export function tiffOrientation(tiff: Uint8Array): number {
  if (tiff.length < 10) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = tiff[0] === 0x49;
  const start = view.getUint32(4, little);
  if (start + 2 > tiff.length) return 1;
  const count = view.getUint16(start, little);
  for (let i = 0; i < count && start + 14 + 12 * i <= tiff.length; i++) {
    const at = start + 2 + 12 * i;
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

const refuse = (path: string, what: string) =>
  new IntactError('bad-data', `The image "${path}" ${what}. Save it again or leave it out.`);

/** @returns undefined where `bytes` are only the file's beginning and its header comes later */
export function jpegHead(bytes: Uint8Array): PictureHead | undefined {
  const frame = frameOf(bytes);
  if (!frame) return undefined;
  return {
    width: frame.width,
    height: frame.height,
    channels: frame.components === 1 ? 1 : 3,
    depth: frame.precision,
    orientation: frame.orientation,
  };
}

/** Not turned: `PictureHead.orientation` says how it lies. @throws IntactError `bad-data`, `limit` */
export async function decodeJpeg(bytes: Uint8Array, path: string): Promise<Picture> {
  const frame = frameOf(bytes);
  if (!frame) throw refuse(path, 'has no JPEG frame: it is cut short or damaged');
  checkSize(path, frame.width, frame.height);
  if (frame.precision !== 8 || frame.unusual)
    throw refuse(path, 'is a JPEG of an unusual kind (lossless, arithmetic or more than 8 bits)');
  if (frame.components === 4) return decodeCmyk(bytes, path);
  const { image, complaints } = (await codec('jpeg')).decode(bytes);
  if (!image) throw refuse(path, `cannot be decoded (${complaints[0] ?? 'damaged JPEG'})`);
  const cut = complaints.find((text) => /premature end|corrupt/i.test(text));
  if (cut) throw refuse(path, `is damaged or cut short (${cut})`);
  return fromRgba(image.data, image.width, image.height, frame.components === 1 ? 1 : 3);
}

export function fromRgba(
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3 | 4,
): Picture {
  const data = new Uint8Array(width * height * channels);
  for (let i = 0, o = 0; o < data.length; i += 4)
    for (let c = 0; c < channels; c++) data[o++] = rgba[i + c]!;
  return { width, height, channels, data };
}

function decodeCmyk(bytes: Uint8Array, path: string): Picture {
  try {
    const { width, height, data } = decodeInScript(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MOST_PIXELS / 1e6,
      maxMemoryUsageInMB: 768,
    });
    return { width, height, channels: 3, data: Uint8Array.from(data) };
  } catch (error) {
    throw refuse(
      path,
      `cannot be decoded (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}
