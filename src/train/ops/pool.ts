/** Pooling and resizing. Averages are taken on the integers, where ties are exact. */
import type { OpAttrs } from '../../model/ops';
import { unbounded, type Rounding } from '../arithmetic';
import { tf, type TfTensor } from '../tf';
import { boundsOf } from './activation';
import { computes, moves, type Site } from './layer';

type Pool = OpAttrs['MAX_POOL_2D'];
const windowOf = (attrs: Pool) =>
  [
    [attrs.filterH, attrs.filterW] as [number, number],
    [attrs.strideH, attrs.strideW] as [number, number],
    attrs.padding === 'SAME' ? ('same' as const) : ('valid' as const),
  ] as const;

/** A linear map of values on one grid to values on the same grid, rounded as integers are. */
function onIntegers<K extends 'AVERAGE_POOL_2D' | 'RESIZE_BILINEAR'>(
  site: Site<K>,
  map: (x: TfTensor) => TfTensor,
  rounding: Rounding,
): TfTensor {
  const x = site.input(0);
  const grid = site.grid(rounding);
  if (!grid) return map(x);
  const { arithmetic } = site;
  const { scale, zero, low, high } = grid;
  const one = tf.onesLike(scale);
  const exact = { scale: one, zero: 0, low: -32768, high: 32767, rounding: 'even' } as const;
  const integers = arithmetic.finish(tf.div(x, scale), unbounded, exact);
  const rounded = { scale: one, zero, low, high, rounding };
  return tf.mul(arithmetic.finish(map(integers), unbounded, rounded), scale);
}

export const averagePool = moves<'AVERAGE_POOL_2D'>((site) => {
  const { attrs } = site;
  const whole = (x: TfTensor) =>
    attrs.padding === 'VALID' && attrs.filterH === x.shape[1] && attrs.filterW === x.shape[2];
  const pooled = onIntegers(
    site,
    (x) =>
      whole(x)
        ? tf.reshape(site.arithmetic.spatialMean(x), site.outShape())
        : tf.avgPool(x as never, ...windowOf(attrs)),
    'away-stored',
  );
  return attrs.activation === 'NONE' ? pooled : site.finish(pooled, 'even', attrs.activation);
});

export const maxPool = moves<'MAX_POOL_2D'>((site) => {
  const pooled = tf.maxPool(site.input(0) as never, ...windowOf(site.attrs)) as TfTensor;
  return site.attrs.activation === 'NONE'
    ? pooled
    : site.finish(pooled, 'even', site.attrs.activation);
});

export const l2Pool = computes<'L2_POOL_2D'>((site) => {
  const mean = tf.avgPool(tf.square(site.input(0)) as never, ...windowOf(site.attrs)) as TfTensor;
  const bounds = boundsOf(site.attrs.activation) ?? unbounded;
  return site.arithmetic.finish(tf.sqrt(mean), bounds, site.grid('even'));
});

type Resize = OpAttrs['RESIZE_BILINEAR'];

/** Ratio of sizes as TFLite has it (CalculateResizeScale). */
const ratioOf = (from: number, to: number, alignCorners: boolean) =>
  alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;

/** [to][from]: how much of each line a resized line is made of (resize_bilinear.h). */
function bilinearMatrix(from: number, to: number, { alignCorners, halfPixelCenters }: Resize) {
  const matrix = new Float32Array(from * to);
  const ratio = ratioOf(from, to, alignCorners);
  for (let i = 0; i < to; i++) {
    const at = halfPixelCenters ? (i + 0.5) * ratio - 0.5 : i * ratio;
    const first = Math.max(0, Math.floor(at));
    const second = Math.min(from - 1, first + 1);
    const part = Math.max(0, at - first);
    const low = Math.min(first, from - 1);
    matrix[i * from + low]! += 1 - part;
    matrix[i * from + second]! += part;
  }
  return matrix;
}

/** As above with the nearest line only (resize_nearest_neighbor.h GetNearestNeighbor). */
function nearestMatrix(from: number, to: number, { alignCorners, halfPixelCenters }: Resize) {
  const matrix = new Float32Array(from * to);
  const ratio = ratioOf(from, to, alignCorners);
  for (let i = 0; i < to; i++) {
    const at = (i + (halfPixelCenters ? 0.5 : 0)) * ratio;
    const line = alignCorners ? Math.round(at) : Math.floor(at);
    matrix[i * from + Math.max(0, Math.min(from - 1, line))] = 1;
  }
  return matrix;
}

/**
 * As two matrix products: TF.js' own gradients of resizing know nothing of half-pixel centers.
 * x: [n, h, w, c].
 */
function resized(
  x: TfTensor,
  shape: readonly number[],
  attrs: Resize,
  matrixOf: (from: number, to: number, attrs: Resize) => Float32Array,
): TfTensor {
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const [, outH, outW] = shape as [number, number, number, number];
  const down = tf.tensor(matrixOf(h, outH, attrs), [1, outH, h]);
  const across = tf.tensor(matrixOf(w, outW, attrs), [1, outW, w]);
  const tall = tf.matMul(down, tf.reshape(x, [n, h, w * c]));
  const wide = tf.matMul(across, tf.reshape(tall, [n * outH, w, c]));
  return tf.reshape(wide, [n, outH, outW, c]);
}

export const resizeBilinear = moves<'RESIZE_BILINEAR'>((site) =>
  onIntegers(site, (x) => resized(x, site.outShape(), site.attrs, bilinearMatrix), 'up'),
);
export const resizeNearest = moves<'RESIZE_NEAREST_NEIGHBOR'>((site) =>
  resized(site.input(0), site.outShape(), site.attrs, nearestMatrix),
);
