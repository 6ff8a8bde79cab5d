/**
 * Resizing by the methods that training code uses, equal to the reference's numbers within one level:
 * TensorFlow's bilinear (tf.image.resize, no antialiasing), area (tf.image.resize "area", OpenCV's
 * INTER_AREA), Pillow's and torchvision's antialiased bilinear and bicubic (8 bits between and after the
 * passes), nearest. Stretched, cropped at the centre (Keras' smart_resize), or padded with black
 * (tf.image.resize_with_pad).
 */
import type { Picture } from './picture';

export type ResizeMethod = 'bilinear' | 'antialias' | 'bicubic' | 'area' | 'nearest';
export type ResizeFit = 'stretch' | 'crop-centre' | 'crop-875' | 'pad';

export const resizeMethods: Readonly<Record<ResizeMethod, string>> = {
  bilinear: "TensorFlow's bilinear (tf.image.resize, Keras' image_dataset_from_directory)",
  antialias: 'Antialiased bilinear (Pillow, torchvision)',
  bicubic: "Antialiased bicubic (Pillow's resize, timm)",
  area: 'Area (OpenCV INTER_AREA, tf.image.resize "area")',
  nearest: "Nearest (Keras' load_img)",
};
export const resizeFits: Readonly<Record<ResizeFit, string>> = {
  stretch: 'Stretched to the input',
  'crop-centre': "Cropped at the centre to the input's proportions",
  'crop-875':
    'Shorter side to 8/7 of the input, then cropped at the centre (torchvision 256 → 224)',
  pad: 'Fitted inside, the rest black',
};

/** For each output position: the first source position and the weights from there. */
interface Axis {
  readonly start: Int32Array;
  readonly weights: readonly Float64Array[];
}

const triangle = (x: number) => Math.max(0, 1 - Math.abs(x));
/** Keys' cubic with a = −0.5, as Pillow. */
function cubic(t: number): number {
  const x = Math.abs(t);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

function axisOf(method: ResizeMethod, from: number, size: number, to: number): Axis {
  const start = new Int32Array(to);
  const weights: Float64Array[] = [];
  const scale = size / to;
  for (let i = 0; i < to; i++) {
    if (method === 'nearest') {
      start[i] = from + Math.min(size - 1, Math.floor((i + 0.5) * scale));
      weights.push(Float64Array.of(1));
    } else if (method === 'bilinear') {
      const at = (i + 0.5) * scale - 0.5;
      const low = Math.max(0, Math.floor(at));
      const high = Math.min(size - 1, Math.max(0, Math.floor(at) + 1));
      const part = at < 0 ? 0 : at - Math.floor(at);
      start[i] = from + low;
      weights.push(high > low ? Float64Array.of(1 - part, part) : Float64Array.of(1));
    } else if (method === 'area') {
      const low = i * scale;
      const high = low + scale;
      const first = Math.floor(low);
      const last = Math.min(size, Math.max(first + 1, Math.ceil(high - 1e-9)));
      start[i] = from + first;
      weights.push(
        Float64Array.from({ length: last - first }, (_, k) => {
          const p = first + k;
          return (Math.min(p + 1, high) - Math.max(p, low)) / scale;
        }),
      );
    } else {
      // Pillow's precompute_coeffs: the filter is widened when the picture shrinks.
      const wide = Math.max(1, scale);
      const support = (method === 'bicubic' ? 2 : 1) * wide;
      const filter = method === 'bicubic' ? cubic : triangle;
      const centre = (i + 0.5) * scale;
      const first = Math.max(0, Math.trunc(centre - support + 0.5));
      const last = Math.min(size, Math.trunc(centre + support + 0.5));
      const row = Float64Array.from({ length: last - first }, (_, k) =>
        filter((first + k - centre + 0.5) / wide),
      );
      const sum = row.reduce((a, b) => a + b, 0);
      start[i] = from + first;
      weights.push(row.map((weight) => Math.round((weight / sum) * FIXED)));
    }
  }
  return { start, weights };
}

/** Pillow's fixed point: 32 − 8 − 2 bits. */
const FIXED = 2 ** 22;
const rounds = (method: ResizeMethod) => method === 'antialias' || method === 'bicubic';
const clip8 = (sum: number) => Math.min(255, Math.max(0, Math.floor((sum + FIXED / 2) / FIXED)));

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One line along an axis: positions lie `steps.along` apart in the source, `along` in the result. */
function pass(
  data: ArrayLike<number>,
  axis: Axis,
  steps: { readonly from: number; readonly along: number },
  out: Float32Array,
  to: number,
  integer: boolean,
  along: number,
): void {
  for (let i = 0; i < axis.weights.length; i++) {
    const weights = axis.weights[i]!;
    let at = steps.from + axis.start[i]! * steps.along;
    let sum = 0;
    for (let k = 0; k < weights.length; k++, at += steps.along) sum += weights[k]! * data[at]!;
    out[to + i * along] = integer ? clip8(sum) : sum;
  }
}

interface Grid {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

function horizontally({ data, width, height, channels }: Grid, axis: Axis, integer: boolean): Grid {
  const wide = axis.weights.length;
  const out = new Float32Array(height * wide * channels);
  for (let y = 0; y < height; y++)
    for (let c = 0; c < channels; c++)
      pass(
        data,
        axis,
        { from: y * width * channels + c, along: channels },
        out,
        y * wide * channels + c,
        integer,
        channels,
      );
  return { data: out, width: wide, height, channels };
}

function vertically({ data, width, channels }: Grid, axis: Axis, integer: boolean): Grid {
  const tall = axis.weights.length;
  const stride = width * channels;
  const out = new Float32Array(tall * stride);
  for (let y = 0; y < tall; y++) {
    const weights = axis.weights[y]!;
    const first = axis.start[y]! * stride;
    for (let i = 0; i < stride; i++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * data[first + k * stride + i]!;
      out[y * stride + i] = integer ? clip8(sum) : sum;
    }
  }
  return { data: out, width, height: tall, channels };
}

/** A region of the picture at another size; real numbers 0…255, HWC. */
function resample(
  picture: Picture,
  box: Box,
  outW: number,
  outH: number,
  method: ResizeMethod,
): Float32Array {
  const integer = rounds(method);
  const across = axisOf(method, box.left, box.width, outW);
  const rows = axisOf(method, 0, box.height, outH);
  // Only the box's rows are touched.
  const start = box.top * picture.width * picture.channels;
  const end = (box.top + box.height) * picture.width * picture.channels;
  let grid: Grid = {
    data: picture.data.subarray(start, end),
    width: picture.width,
    height: box.height,
    channels: picture.channels,
  };
  // Pillow leaves out a pass that changes nothing, and begins with the rows where only they get fewer.
  const sameW = integer && box.width === outW && box.left === 0 && box.width === picture.width;
  const sameH = integer && box.height === outH;
  const rowsFirst = integer && outH < box.height && outW >= box.width;
  if (rowsFirst && !sameH) grid = vertically(grid, rows, integer);
  if (!sameW) grid = horizontally(grid, across, integer);
  if (!rowsFirst && !sameH) grid = vertically(grid, rows, integer);
  return grid.data instanceof Float32Array ? grid.data : Float32Array.from(grid.data);
}

/**
 * The picture at height × width, its channels unchanged: HWC, 0…255, whole numbers where the method
 * rounds. A picture of that size already is handed on as it is.
 */
export function resizePicture(
  picture: Picture,
  height: number,
  width: number,
  method: ResizeMethod,
  fit: ResizeFit,
): Float32Array {
  const whole: Box = { left: 0, top: 0, width: picture.width, height: picture.height };
  if (picture.width === width && picture.height === height && fit !== 'crop-875')
    return Float32Array.from(picture.data);
  switch (fit) {
    case 'stretch':
      return resample(picture, whole, width, height, method);
    case 'crop-centre':
      return resample(picture, centreBox(picture, height, width), width, height, method);
    case 'crop-875':
      return cropAfter(picture, height, width, method);
    case 'pad':
      return padded(picture, height, width, method);
    default:
      return fit satisfies never;
  }
}

/** keras.preprocessing.image.smart_resize: the largest centred window of the target's proportions. */
function centreBox(picture: Picture, height: number, width: number): Box {
  const cropH = Math.max(1, Math.min(picture.height, Math.trunc((picture.width * height) / width)));
  const cropW = Math.max(1, Math.min(picture.width, Math.trunc((picture.height * width) / height)));
  return {
    top: Math.trunc((picture.height - cropH) / 2),
    left: Math.trunc((picture.width - cropW) / 2),
    width: cropW,
    height: cropH,
  };
}

/** torchvision: Resize(round(size / 0.875)) of the shorter side, then CenterCrop(size). */
function cropAfter(
  picture: Picture,
  height: number,
  width: number,
  method: ResizeMethod,
): Float32Array {
  const shorter = Math.max(Math.round(Math.min(height, width) / 0.875), 1);
  const ratio = shorter / Math.min(picture.width, picture.height);
  const wide = Math.max(
    width,
    picture.width <= picture.height ? shorter : Math.trunc(picture.width * ratio),
  );
  const tall = Math.max(
    height,
    picture.height <= picture.width ? shorter : Math.trunc(picture.height * ratio),
  );
  const box: Box = { left: 0, top: 0, width: picture.width, height: picture.height };
  const large = resample(picture, box, wide, tall, method);
  const left = Math.round((wide - width) / 2);
  const top = Math.round((tall - height) / 2);
  const { channels } = picture;
  const out = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * wide + left) * channels;
    out.set(large.subarray(from, from + width * channels), y * width * channels);
  }
  return out;
}

/** tf.image.resize_with_pad. */
function padded(
  picture: Picture,
  height: number,
  width: number,
  method: ResizeMethod,
): Float32Array {
  const ratio = Math.max(picture.width / width, picture.height / height);
  const tall = Math.max(1, Math.min(height, Math.floor(picture.height / ratio)));
  const wide = Math.max(1, Math.min(width, Math.floor(picture.width / ratio)));
  const box: Box = { left: 0, top: 0, width: picture.width, height: picture.height };
  const inside = resample(picture, box, wide, tall, method);
  const { channels } = picture;
  const out = new Float32Array(height * width * channels);
  // The padding is that of the unrounded size, as there.
  const top = Math.floor((height - picture.height / ratio) / 2);
  const left = Math.floor((width - picture.width / ratio) / 2);
  for (let y = 0; y < tall; y++)
    out.set(
      inside.subarray(y * wide * channels, (y + 1) * wide * channels),
      ((top + y) * width + left) * channels,
    );
  return out;
}
