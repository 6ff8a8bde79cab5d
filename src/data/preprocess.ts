import { IntactError } from '../model/error';
import { elementCount } from '../model/graph';
import type { Dataset, Preprocessing } from './types';

type Numbers = Pick<Preprocessing, 'scale' | 'mean' | 'std'>;

/** The presets people use, as x·scale, then (x − mean) / std. ImageNet: torchvision's constants. */
export const presets: Record<Exclude<Preprocessing['preset'], 'custom'>, Numbers> = {
  none: { scale: 1, mean: [0], std: [1] },
  'raw-255': { scale: 1, mean: [0], std: [1] },
  'zero-one': { scale: 1 / 255, mean: [0], std: [1] },
  'minus-one-one': { scale: 1 / 127.5, mean: [1], std: [1] },
  imagenet: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

export function preprocessingOf(
  preset: Exclude<Preprocessing['preset'], 'custom'>,
  resize: Preprocessing['resize'] = 'none',
): Preprocessing {
  return { preset, resize, channelOrder: 'as-is', ...presets[preset] };
}

/** [height, width, channels] of a sample or input; a rank-2 shape has one channel. */
function imageShape(shape: readonly number[]): [number, number, number] | undefined {
  if (shape.length === 2) return [shape[0]!, shape[1]!, 1];
  if (shape.length === 3) return [shape[0]!, shape[1]!, shape[2]!];
  return undefined;
}

/**
 * What most likely fits: uint8 data is scaled to 0…1, float data stays as it is; images whose size
 * differs from the input are stretched. `rescales`: the model itself begins with Rescaling or was
 * trained on 0…255.
 */
export function suggestPreprocessing(
  dataset: Pick<Dataset, 'samples' | 'sampleShape'>,
  inputShape: readonly number[],
  rescales = false,
): Preprocessing {
  const bytes = dataset.samples instanceof Uint8Array;
  const preset = bytes ? (rescales ? 'raw-255' : 'zero-one') : 'none';
  const from = imageShape(dataset.sampleShape);
  const to = imageShape(inputShape.slice(1));
  const resize = needsResize(from, to) ? 'stretch' : 'none';
  return preprocessingOf(preset, resize);
}

function needsResize(
  from: [number, number, number] | undefined,
  to: [number, number, number] | undefined,
): boolean {
  return from !== undefined && to !== undefined && (from[0] !== to[0] || from[1] !== to[1]);
}

/**
 * One sample as the network gets it: optional crop and bilinear resize (half-pixel centres), grey ↔
 * RGB where the channel counts ask for it, channel order, x·scale, (x − mean[c]) / std[c].
 * Samples whose element count equals the input's are only reshaped.
 * @param out receives elements(inputShape without batch) values
 * @throws IntactError `bad-data` where shapes don't fit, saying both
 */
export function preprocess(
  dataset: Dataset,
  index: number,
  preprocessing: Preprocessing,
  inputShape: readonly number[],
  out: Float32Array,
): void {
  const length = elementCount(dataset.sampleShape);
  const sample = dataset.samples.subarray(index * length, (index + 1) * length);
  const target = inputShape.slice(1);
  const channels = fill(sample, dataset, preprocessing, target, out);
  const { scale, mean, std } = preprocessing;
  const last = channels;
  if (preprocessing.channelOrder === 'reversed' && last > 1) reverseChannels(out, last);
  if (mean.length <= 1 && std.length <= 1) {
    const m = mean[0] ?? 0;
    const s = std[0] ?? 1;
    if (scale === 1 && m === 0 && s === 1) return;
    for (let i = 0; i < out.length; i++) out[i] = (out[i]! * scale - m) / s;
    return;
  }
  for (let i = 0; i < out.length; i++) {
    const c = i % last;
    const m = mean[c % mean.length] ?? 0;
    const s = std[c % std.length] ?? 1;
    out[i] = (out[i]! * scale - m) / s;
  }
}

/** Copies, converts or resizes into `out`; returns the number of channels of the result. */
function fill(
  sample: Uint8Array | Float32Array,
  dataset: Dataset,
  preprocessing: Preprocessing,
  target: readonly number[],
  out: Float32Array,
): number {
  const from = imageShape(dataset.sampleShape);
  const to = imageShape(target);
  const resizable = from !== undefined && to !== undefined;
  if (sample.length === out.length && !(resizable && needsResize(from, to))) {
    out.set(sample);
    return to?.[2] ?? target[target.length - 1] ?? 1;
  }
  if (resizable && (preprocessing.resize !== 'none' || !needsResize(from, to))) {
    const fits =
      from[2] === to[2] || (from[2] === 1 && to[2] === 3) || (from[2] >= 3 && to[2] === 1);
    if (fits || (from[2] === 4 && to[2] === 3)) {
      resizeImage(sample, from, to, preprocessing.resize === 'crop-centre', out);
      return to[2];
    }
  }
  throw new IntactError(
    'bad-data',
    `The samples are ${describe(dataset.sampleShape)} but the model's input is ${describe(target)}. ` +
      (resizable
        ? 'Choose a resize in the preprocessing, or give images with the right number of channels.'
        : 'Give samples of that shape.'),
  );
}

const describe = (shape: readonly number[]) =>
  shape.length === 0 ? 'single numbers' : shape.join('×');

function reverseChannels(out: Float32Array, channels: number): void {
  for (let i = 0; i + channels <= out.length; i += channels)
    out.subarray(i, i + channels).reverse();
}

/** Luma of ITU-R BT.601, as PIL's convert("L"). */
const LUMA = [0.299, 0.587, 0.114] as const;

export function resizeImage(
  sample: Uint8Array | Float32Array,
  [inH, inW, inC]: [number, number, number],
  [outH, outW, outC]: [number, number, number],
  crop: boolean,
  out: Float32Array,
): void {
  const ratio = crop ? Math.min(inH / outH, inW / outW) : 0;
  const spanH = crop ? ratio * outH : inH;
  const spanW = crop ? ratio * outW : inW;
  const top = (inH - spanH) / 2;
  const left = (inW - spanW) / 2;
  const clampTo = (x: number, size: number) => Math.min(size - 1, Math.max(0, x));
  let position = 0;
  for (let y = 0; y < outH; y++) {
    const sy = clampTo(top + ((y + 0.5) * spanH) / outH - 0.5, inH);
    const y0 = Math.floor(sy);
    const y1 = Math.min(inH - 1, y0 + 1);
    const fy = sy - y0;
    for (let x = 0; x < outW; x++) {
      const sx = clampTo(left + ((x + 0.5) * spanW) / outW - 0.5, inW);
      const x0 = Math.floor(sx);
      const x1 = Math.min(inW - 1, x0 + 1);
      const fx = sx - x0;
      const at = (c: number) => {
        const a = sample[(y0 * inW + x0) * inC + c]!;
        const b = sample[(y0 * inW + x1) * inC + c]!;
        const d = sample[(y1 * inW + x0) * inC + c]!;
        const e = sample[(y1 * inW + x1) * inC + c]!;
        return (a + (b - a) * fx) * (1 - fy) + (d + (e - d) * fx) * fy;
      };
      if (outC === 1 && inC >= 3) {
        out[position++] = LUMA[0] * at(0) + LUMA[1] * at(1) + LUMA[2] * at(2);
      } else {
        for (let c = 0; c < outC; c++) out[position++] = at(inC === 1 ? 0 : c);
      }
    }
  }
}
