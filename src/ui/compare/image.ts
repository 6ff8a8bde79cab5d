/** Activations [1, height, width, channels] as pixels. */

interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

/** 0 where the tensor is no picture. */
export function channelsOf(shape: readonly number[]): number {
  const [, height = 1, width = 1, channels = 0] = shape;
  return shape.length === 4 && height * width > 1 ? channels : 0;
}

/** The channel in which the two differ most in sum; of one alone, that with the largest magnitudes. */
export function liveliestChannel(a: Values | undefined, b: Values): number {
  const channels = channelsOf(b.shape);
  if (channels === 0) return 0;
  const sums = new Float64Array(channels);
  for (let at = 0; at < b.values.length; at++)
    sums[at % channels]! += Math.abs(b.values[at]! - (a?.values[at] ?? 0));
  return sums.reduce((best, sum, channel) => (sum > sums[best]! ? channel : best), 0);
}

/** One channel, black at `low` and white at `high`; undefined where it is no picture. */
export function greyImage(
  { shape, values }: Values,
  channel: number,
  low: number,
  high: number,
): Pixels | undefined {
  return image(shape, (at) => {
    const value = (255 * (values[at + channel]! - low)) / (high - low || 1);
    return [value, value, value];
  });
}

/** `b − a` of one channel: white is equal, red more, blue less; undefined where the shapes differ. */
export function differenceImage(
  a: Values,
  b: Values,
  channel: number,
): { readonly image: Pixels; readonly largest: number } | undefined {
  if (a.values.length !== b.values.length) return undefined;
  const channels = channelsOf(b.shape);
  let largest = 0;
  for (let at = channel; channels > 0 && at < b.values.length; at += channels)
    largest = Math.max(largest, Math.abs(b.values[at]! - a.values[at]!));
  const pixels = image(b.shape, (at) => {
    const share = (b.values[at + channel]! - a.values[at + channel]!) / (largest || 1);
    const rest = 255 * (1 - Math.abs(share));
    return share > 0 ? [255, rest, rest] : [rest, rest, 255];
  });
  return pixels && { image: pixels, largest };
}

function image(
  shape: readonly number[],
  colour: (at: number) => readonly [number, number, number],
): Pixels | undefined {
  const channels = channelsOf(shape);
  if (channels === 0) return undefined;
  const [, height, width] = shape as readonly [number, number, number, number];
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) pixels.set([...colour(at * channels), 255], 4 * at);
  return { width, height, pixels };
}
