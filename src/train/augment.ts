/** Small shifts and mirror images of one sample, the border filled with the image's own edge. */
import { streamOf } from './random';
import type { TrainOptions } from './options';

/**
 * @param image [height, width, channels]
 * @param place in the epoch; with the seed it decides all
 */
export function augmented(
  image: Float32Array,
  shape: readonly number[],
  { shift, flip }: NonNullable<TrainOptions['augment']>,
  seed: number,
  epoch: number,
  place: number,
): Float32Array {
  const [height, width, channels] = shape.slice(-3) as [number, number, number];
  const next = streamOf(seed, 2, epoch, place);
  const down = Math.floor(next() * (2 * shift + 1)) - shift;
  const across = Math.floor(next() * (2 * shift + 1)) - shift;
  const mirror = flip && next() < 0.5;
  if (down === 0 && across === 0 && !mirror) return image;
  const result = new Float32Array(image.length);
  const inside = (at: number, size: number) => Math.max(0, Math.min(size - 1, at));
  let to = 0;
  for (let y = 0; y < height; y++) {
    const line = inside(y - down, height) * width;
    for (let x = 0; x < width; x++) {
      const column = inside(x - across, width);
      const from = (line + (mirror ? width - 1 - column : column)) * channels;
      for (let c = 0; c < channels; c++) result[to++] = image[from + c]!;
    }
  }
  return result;
}

/** Samples that are images: one input of [1, height, width, 1…4]. */
export const isImage = (shape: readonly number[]): boolean =>
  shape.length === 4 && shape[1]! > 4 && shape[2]! > 4 && shape[3]! <= 4;
