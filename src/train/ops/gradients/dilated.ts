/**
 * Convolutions out of TF.js ops that all have gradients: TF.js has none with dilation, so the filter is
 * dilated instead, by zeros between its taps.
 */
import type { Geometry } from '../../arithmetic';
import { tf, type TfTensor } from '../../tf';

/** Zeros between the slices of an axis; size becomes (size − 1) · rate + 1. */
export function interleaveZeros(x: TfTensor, axis: number, rate: number): TfTensor {
  if (rate === 1) return x;
  const { shape } = x;
  const size = shape[axis]!;
  const before = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const after = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const wide = tf.pad(tf.reshape(x, [before, size, 1, after]), [
    [0, 0],
    [0, 0],
    [0, rate - 1],
    [0, 0],
  ]);
  const length = (size - 1) * rate + 1;
  const cut = tf.slice(
    tf.reshape(wide, [before, size * rate, after]),
    [0, 0, 0],
    [before, length, after],
  );
  return tf.reshape(cut, [...shape.slice(0, axis), length, ...shape.slice(axis + 1)]);
}

function padded(x: TfTensor, { top, bottom, left, right }: Geometry): TfTensor {
  if (top + bottom + left + right === 0) return x;
  return tf.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
}

const dilated = (w: TfTensor, { dilationH, dilationW }: Geometry) =>
  interleaveZeros(interleaveZeros(w, 0, dilationH), 1, dilationW);

export function convolution(x: TfTensor, w: TfTensor, geometry: Geometry): TfTensor {
  const strides: [number, number] = [geometry.strideH, geometry.strideW];
  return tf.conv2d(padded(x, geometry) as never, dilated(w, geometry) as never, strides, 'valid');
}

/** w [h, w, in, multiplier]. */
export function depthwiseConvolution(x: TfTensor, w: TfTensor, geometry: Geometry): TfTensor {
  const strides: [number, number] = [geometry.strideH, geometry.strideW];
  return tf.depthwiseConv2d(
    padded(x, geometry) as never,
    dilated(w, geometry) as never,
    strides,
    'valid',
  );
}
