/** WebP (RFC 9649), lossy and lossless, by libwebp (images/codecs.ts). Animations are refused. */
import { IntactError } from '../../model/error';
import { codec } from './codecs';
import { fromRgba } from './jpeg';
import { checkSize, type Picture, type PictureHead } from './picture';

const fourAt = (bytes: Uint8Array, at: number) =>
  String.fromCharCode(...bytes.subarray(at, at + 4));

export const isWebp = (bytes: Uint8Array): boolean =>
  bytes.length >= 30 && fourAt(bytes, 0) === 'RIFF' && fourAt(bytes, 8) === 'WEBP';

const refuse = (path: string, what: string) =>
  new IntactError('bad-data', `The image "${path}" ${what}. Save it again or leave it out.`);

/** @throws IntactError `bad-data` */
export function webpHead(bytes: Uint8Array, path: string): PictureHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = fourAt(bytes, 12);
  const head = (width: number, height: number, alpha: boolean): PictureHead => ({
    width,
    height,
    channels: alpha ? 4 : 3,
    depth: 8,
    orientation: 1,
  });
  if (kind === 'VP8X') {
    const flags = bytes[20]!;
    if (flags & 2) throw refuse(path, 'is an animated WebP');
    const three = (at: number) => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
    return head(three(24) + 1, three(27) + 1, (flags & 16) !== 0);
  }
  if (kind === 'VP8L') {
    const bits = view.getUint32(21, true);
    return head((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1, ((bits >>> 28) & 1) === 1);
  }
  if (kind === 'VP8 ')
    return head(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff, false);
  throw refuse(path, 'is a WebP without a picture');
}

/** @throws IntactError `bad-data`, `limit` */
export async function decodeWebp(bytes: Uint8Array, path: string): Promise<Picture> {
  const { width, height, channels } = webpHead(bytes, path);
  checkSize(path, width, height);
  const { image } = (await codec('webp')).decode(bytes);
  if (!image) throw refuse(path, 'cannot be decoded; it is damaged or cut short');
  if (image.width !== width || image.height !== height)
    throw refuse(path, 'has another size than its header says');
  return fromRgba(image.data, width, height, channels === 4 ? 4 : 3);
}
