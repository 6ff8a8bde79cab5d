/**
 * A decoded picture: 8 bits a channel, rows from the top, 1 (grey), 2 (grey, alpha), 3 (RGB) or
 * 4 (RGB, alpha) channels interleaved. What every decoder of this folder gives.
 */
import { IntactError } from '../../model/error';

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array;
}

/** What a file's first bytes say, without decoding. */
export interface PictureHead {
  readonly width: number;
  readonly height: number;
  /** Of the decoded picture: alpha counts, a palette is three. */
  readonly channels: 1 | 2 | 3 | 4;
  /** Bits a channel in the file; more than 8 are cut to the upper 8. */
  readonly depth: number;
  /** EXIF orientation 1…8; 1 where the file says none. */
  readonly orientation: number;
  /** The file holds floats: their least and largest, and what one of them is worth in 0 … 255. */
  readonly floats?: { readonly min: number; readonly max: number; readonly scale: number };
}

/** Most pixels of one picture: 64 megapixels are 192 MB as RGB. */
export const MOST_PIXELS = 64_000_000;

/** @throws IntactError `limit` before anything of that size is allocated */
export function checkSize(path: string, width: number, height: number): void {
  if (!(width > 0 && height > 0))
    throw new IntactError('bad-data', `The image "${path}" has no pixels. Leave it out.`);
  if (width * height > MOST_PIXELS)
    throw new IntactError(
      'limit',
      `The image "${path}" claims ${width}×${height} pixels; Intact decodes up to ${MOST_PIXELS / 1e6} million. Scale it down.`,
    );
}

export const hasAlpha = (channels: number): boolean => channels === 2 || channels === 4;

/** Alpha over white, as Pillow's alpha_composite on a white picture (8-bit, rounded). */
export function overWhite(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (!hasAlpha(channels)) return picture;
  const kept = channels - 1;
  const out = new Uint8Array(width * height * kept);
  for (let i = 0, o = 0; o < out.length; i += channels) {
    const alpha = data[i + kept]!;
    for (let c = 0; c < kept; c++) {
      const t = data[i + c]! * alpha + 255 * (255 - alpha) + 128;
      out[o++] = (t + (t >> 8)) >> 8;
    }
  }
  return { width, height, channels: kept as 1 | 3, data: out };
}

/**
 * The picture with 1, 3 or 4 channels: grey repeated, colour to grey by the luma of ITU-R BT.601 with
 * Pillow's fixed-point weights (Image.convert("L")). Four channels keep alpha.
 */
export function withChannels(picture: Picture, wanted: 1 | 3 | 4): Picture {
  const source = wanted === 4 ? picture : overWhite(picture);
  const { width, height, channels, data } = source;
  if (channels === wanted) return source;
  const count = width * height;
  const out = new Uint8Array(count * wanted);
  for (let i = 0; i < count; i++) {
    const at = i * channels;
    const o = i * wanted;
    if (wanted === 1) {
      out[o] = (data[at]! * 19595 + data[at + 1]! * 38470 + data[at + 2]! * 7471 + 0x8000) >> 16;
    } else {
      const grey = channels < 3;
      for (let c = 0; c < 3; c++) out[o + c] = data[at + (grey ? 0 : c)]!;
      if (wanted === 4) out[o + 3] = hasAlpha(channels) ? data[at + channels - 1]! : 255;
    }
  }
  return { width, height, channels: wanted, data: out };
}

/** Turned upright by EXIF orientation 1…8, as Pillow's ImageOps.exif_transpose. */
export function upright(picture: Picture, orientation: number): Picture {
  if (orientation < 2 || orientation > 8) return picture;
  const { width, height, channels, data } = picture;
  const swapped = orientation >= 5;
  const outW = swapped ? height : width;
  const outH = swapped ? width : height;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < outH; y++)
    for (let x = 0; x < outW; x++) {
      const [sx, sy] = sourceOf(orientation, x, y, width, height);
      const from = (sy * width + sx) * channels;
      const to = (y * outW + x) * channels;
      for (let c = 0; c < channels; c++) out[to + c] = data[from + c]!;
    }
  return { width: outW, height: outH, channels, data: out };
}

function sourceOf(o: number, x: number, y: number, w: number, h: number): [number, number] {
  switch (o) {
    case 2:
      return [w - 1 - x, y];
    case 3:
      return [w - 1 - x, h - 1 - y];
    case 4:
      return [x, h - 1 - y];
    case 5:
      return [y, x];
    case 6:
      return [y, h - 1 - x];
    case 7:
      return [w - 1 - y, h - 1 - x];
    default:
      return [w - 1 - y, x];
  }
}
