/** The image formats, recognised by their first bytes: one list for what is read and for its names. */
import { IntactError } from '../../model/error';
import { bmpHead, decodeBmp, isBmp } from './bmp';
import { decodeGif, gifHead, isGif } from './gif';
import { decodeJpeg, isJpeg, jpegHead } from './jpeg';
import type { Picture, PictureHead } from './picture';
import { decodePng, isPng, pngHead } from './png';
import { decodeTiff, isTiff, tiffHead } from './tiff';
import { decodeWebp, isWebp, webpHead } from './webp';

export type ImageFormat = 'PNG' | 'JPEG' | 'WebP' | 'BMP' | 'GIF' | 'TIFF';

interface Format {
  readonly name: ImageFormat;
  readonly is: (bytes: Uint8Array) => boolean;
  /** undefined: the header lies beyond the bytes given. */
  readonly head: (bytes: Uint8Array, path: string) => PictureHead | undefined;
  /** `codes`: of a picture with a palette, the places in it, as one channel. */
  readonly decode: (
    bytes: Uint8Array,
    path: string,
    codes?: boolean,
    floatScale?: number,
  ) => Picture | Promise<Picture>;
}

const formats: readonly Format[] = [
  { name: 'PNG', is: isPng, head: pngHead, decode: decodePng },
  { name: 'JPEG', is: isJpeg, head: jpegHead, decode: decodeJpeg },
  { name: 'WebP', is: isWebp, head: webpHead, decode: decodeWebp },
  { name: 'BMP', is: isBmp, head: bmpHead, decode: decodeBmp },
  { name: 'GIF', is: isGif, head: gifHead, decode: decodeGif },
  { name: 'TIFF', is: isTiff, head: tiffHead, decode: decodeTiff },
];

const formatOf = (bytes: Uint8Array) => formats.find(({ is }) => is(bytes));

export const imageFormat = (bytes: Uint8Array): ImageFormat | undefined => formatOf(bytes)?.name;

/** Formats that people keep beside the others and that no decoder here reads, by their first bytes. */
export function foreignImage(bytes: Uint8Array): string | undefined {
  const text = String.fromCharCode(...bytes.subarray(4, 12));
  if (/^ftyp(heic|heix|mif1|msf1|hevc)/.test(text)) return 'HEIC';
  if (/^ftypavi[fs]/.test(text)) return 'AVIF';
  if (bytes[0] === 0xff && bytes[1] === 0x0a) return 'JPEG XL';
  const start = String.fromCharCode(...bytes.subarray(0, 5));
  if (/^P[1-7]\s/.test(start)) return 'PNM';
  if (start.startsWith('8BPS')) return 'Photoshop';
  if (bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0x0c) return 'JPEG 2000';
  return undefined;
}

/**
 * Size, channels and orientation from a file's beginning.
 * @returns undefined where more bytes are needed
 * @throws IntactError `bad-data` for a header that is damaged or of a kind that is not read
 */
export function imageHead(bytes: Uint8Array, path: string): PictureHead | undefined {
  return formatOf(bytes)?.head(bytes, path);
}

/**
 * One picture, 8 bits a channel, as stored (not turned by its orientation, alpha kept). The pixels are
 * Pillow's: lossless formats exactly, JPEG by the same library.
 * @param floatScale of a TIFF of floats: what one is worth in 0 … 255 (default: by the file's own largest)
 * @param codes masks: the numbers that a palette's colours stand for, and the lower bits of 16-bit grey
 * @throws IntactError `bad-data` for what is damaged, `limit` for more than 64 megapixels
 */
export async function decodeImage(
  bytes: Uint8Array,
  path: string,
  codes = false,
  floatScale?: number,
): Promise<Picture> {
  const format = formatOf(bytes);
  if (!format) throw new IntactError('bad-data', `"${path}" is no image that Intact reads.`);
  try {
    return await format.decode(bytes, path, codes, floatScale);
  } catch (error) {
    if (error instanceof IntactError) throw error;
    throw new IntactError(
      'bad-data',
      `The image "${path}" cannot be read (${error instanceof Error ? error.message : String(error)}). Save it again or leave it out.`,
    );
  }
}
