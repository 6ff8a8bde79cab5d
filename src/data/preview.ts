/** One sample for people: what it is, what the network gets, drawn where it is a picture. */
import type { Fitted } from './fit/types';
import { extent } from './range';
import type { SamplePreview, TargetKind, TargetValue } from './samples';

const MOST_NUMBERS = 4096;

export function previewOf(
  name: string,
  input: Float32Array,
  fitted: Fitted,
  kind: TargetKind | undefined,
  target: TargetValue | undefined,
): SamplePreview {
  const { min, mean, max } = extent(input);
  const label = kind && target !== undefined ? labelText(kind, target) : undefined;
  const image = imageOf(input, fitted, min, max);
  return {
    name,
    ...(label === undefined ? {} : { label }),
    ...(image ? { image } : {}),
    numbers: input.length > MOST_NUMBERS ? input.slice(0, MOST_NUMBERS) : input,
    min,
    mean,
    max,
  };
}

function labelText(kind: TargetKind, target: TargetValue): string | undefined {
  if (typeof target === 'number') {
    const names = kind.kind === 'classes' || kind.kind === 'binary' ? kind.names : undefined;
    return names?.[target] ?? String(target);
  }
  if (kind.kind === 'mask') return `mask of ${target.length} pixels`;
  const shown = Array.from(target.subarray(0, 6), (value) => String(Number(value.toPrecision(5))));
  return target.length > 6 ? `${shown.join(', ')} …` : shown.join(', ');
}

/** The input scaled from its own least and largest number to 0…255. */
function imageOf(
  input: Float32Array,
  { shape, channels, channelsFirst, form }: Fitted,
  min: number,
  max: number,
): SamplePreview['image'] {
  const spatial = shape.filter((size) => size > 1);
  if (form === 'numbers' && (shape.length < 3 || ![1, 3, 4].includes(channels))) return undefined;
  let [height, width] = channelsFirst ? [shape[1]!, shape[2]!] : [shape[0]!, shape[1] ?? 1];
  let depth = channels;
  if (shape.length < 2 || spatial.length < 2) {
    const side = Math.sqrt(input.length);
    const colour = Math.sqrt(input.length / 3);
    if (Number.isInteger(side)) [height, width, depth] = [side, side, 1];
    else if (Number.isInteger(colour)) [height, width, depth] = [colour, colour, 3];
    else return undefined;
  }
  if (![1, 3, 4].includes(depth) || height * width * depth !== input.length) return undefined;
  const pixels = new Uint8ClampedArray(height * width * 4);
  const scale = max > min ? 255 / (max - min) : 0;
  const count = height * width;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) {
      const channel = depth === 1 ? 0 : c;
      const value = input[channelsFirst ? channel * count + i : i * depth + channel]!;
      pixels[4 * i + c] = (value - min) * scale;
    }
    pixels[4 * i + 3] = 255;
  }
  return { width, height, pixels };
}
