import { decode as decodePng } from 'fast-png';
import { decode as decodeJpeg } from 'jpeg-js';
import { IntactError } from '../model/error';
import { resizeImage } from './preprocess';
import type { DataFile, Dataset } from './types';

/** Most pixels of one image: 64 megapixels are 256 MB decoded. */
const MOST_PIXELS = 64_000_000;

export type ImageKind = 'PNG' | 'JPEG';

export function imageKind(bytes: Uint8Array): ImageKind | undefined {
  if (bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47)
    return 'PNG';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'JPEG';
  return undefined;
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/**
 * PNG and JPEG files as uint8 samples [height, width, 1 or 3], decoded in plain code so that page and
 * shell see the same bytes. Folders are class names, sorted. Images of another size than the first are
 * resized to it (bilinear).
 * @throws IntactError `bad-data` naming the file
 */
export function readImages(files: readonly DataFile[]): Dataset {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const first = decode(sorted[0]!);
  const size: [number, number, number] = [first.height, first.width, first.channels];
  const length = size[0] * size[1] * size[2];
  const samples = new Uint8Array(sorted.length * length);
  sorted.forEach((file, index) => {
    const image = index === 0 ? first : decode(file);
    samples.set(fit(image, size), index * length);
  });
  const folders = sorted.map((file) => folderOf(file.path));
  const classNames = [...new Set(folders)].sort();
  const labelled = classNames.length > 1;
  const kinds = [...new Set(sorted.map((file) => imageKind(file.bytes)!))].join(' and ');
  return {
    name: labelled ? `${sorted.length} images` : (sorted[0]!.path.split('/').pop() ?? 'images'),
    description: `${kinds} images${labelled ? ` in ${classNames.length} class folders` : ''}, ${size[1]}×${size[0]}${size[2] === 1 ? ' grey' : ''}`,
    count: sorted.length,
    sampleShape: size,
    samples,
    ...(labelled
      ? { labels: Int32Array.from(folders, (folder) => classNames.indexOf(folder)), classNames }
      : {}),
    synthetic: false,
  };
}

const folderOf = (path: string) => path.split('/').slice(0, -1).pop() ?? '';

function fit(image: Decoded, [height, width, channels]: [number, number, number]): Uint8Array {
  if (image.height === height && image.width === width && image.channels === channels)
    return image.data;
  const out = new Float32Array(height * width * channels);
  resizeImage(
    image.data,
    [image.height, image.width, image.channels],
    [height, width, channels],
    false,
    out,
  );
  return Uint8Array.from(out, Math.round);
}

function decode({ path, bytes }: DataFile): Decoded {
  const refuse = (why: string) =>
    new IntactError('bad-data', `The image "${path}" ${why}. Save it again or leave it out.`);
  try {
    if (imageKind(bytes) === 'PNG') {
      const [width, height] = pngSize(bytes);
      if (width * height > MOST_PIXELS) throw refuse(`claims ${width}×${height} pixels, too many`);
      const { data, channels, depth } = decodePng(bytes);
      const eight =
        depth === 16 ? Uint8Array.from(data, (value) => value >> 8) : Uint8Array.from(data);
      return opaque(eight, width, height, channels);
    }
    const { width, height, data } = decodeJpeg(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      maxResolutionInMP: MOST_PIXELS / 1e6,
      maxMemoryUsageInMB: 1024,
    });
    return { width, height, channels: data.length / (width * height), data: Uint8Array.from(data) };
  } catch (error) {
    if (error instanceof IntactError) throw error;
    throw refuse(`cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
}

function pngSize(bytes: Uint8Array): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length < 24 ? [0, 0] : [view.getUint32(16), view.getUint32(20)];
}

/** Drops alpha: grey+alpha → grey, RGBA → RGB. */
function opaque(data: Uint8Array, width: number, height: number, channels: number): Decoded {
  const kept = channels === 2 ? 1 : channels === 4 ? 3 : channels;
  if (kept === channels) return { width, height, channels, data };
  const out = new Uint8Array(width * height * kept);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < kept; c++) out[i * kept + c] = data[i * channels + c]!;
  return { width, height, channels: kept, data: out };
}
