/** Pooling and resizing. Averages are taken on the integers, where ties are exact. */
import type { OpAttrs } from '../../model/ops';
import { unbounded, type Rounding } from '../arithmetic';
import { tf, type TfTensor } from '../tf';
import { boundsOf } from './activation';
import { computes, moves, type Site } from './layer';
import { window } from '../../engine/numerics';

type Pool = OpAttrs['MAX_POOL_2D'];
const windowOf = (attrs: Pool) =>
  [
    [attrs.filterH, attrs.filterW] as [number, number],
    [attrs.strideH, attrs.strideW] as [number, number],
    attrs.padding === 'SAME' ? ('same' as const) : ('valid' as const),
  ] as const;

/**
 * The average over the places of each window that are inside the image: sums by a depthwise layer of
 * ones, over their number. (TF.js' own gradient divides by the window's size at the border too.)
 */
function averaged(site: Site<'AVERAGE_POOL_2D' | 'L2_POOL_2D'>, x: TfTensor): TfTensor {
  const { attrs, arithmetic } = site;
  const { padding, filterH, filterW, strideH, strideW } = attrs;
  const [, inH, inW, c] = x.shape as [number, number, number, number];
  if (padding === 'VALID' && filterH === inH && filterW === inW)
    return tf.reshape(arithmetic.spatialMean(x), site.outShape());
  const down = window(padding, inH, filterH, strideH);
  const across = window(padding, inW, filterW, strideW);
  const sums = arithmetic.layer(
    x,
    tf.ones([filterH, filterW, c, 1]),
    tf.zeros([c]),
    {
      kind: 'depthwise',
      filterH,
      filterW,
      strideH,
      strideW,
      dilationH: 1,
      dilationW: 1,
      top: down.before,
      bottom: down.after,
      left: across.before,
      right: across.after,
      outH: down.output,
      outW: across.output,
      outC: c,
      needsInputGradient: true,
      needsWeightGradient: false,
    },
    unbounded,
    undefined,
  );
  const inside = (size: number, filter: number, stride: number, { output, before }: typeof down) =>
    Float32Array.from({ length: output }, (_, i) => {
      const from = i * stride - before;
      return Math.min(size, from + filter) - Math.max(0, from);
    });
  const rows = inside(inH, filterH, strideH, down);
  const columns = inside(inW, filterW, strideW, across);
  const counts = Float32Array.from(
    { length: rows.length * columns.length },
    (_, i) => rows[Math.floor(i / columns.length)]! * columns[i % columns.length]!,
  );
  return tf.div(sums, tf.tensor(counts, [1, rows.length, columns.length, 1]));
}

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
  const { activation } = site.attrs;
  const pooled = onIntegers(site, (x) => averaged(site as never, x), 'away-stored');
  return activation === 'NONE' ? pooled : site.finish(pooled, 'even', activation);
});

export const maxPool = moves<'MAX_POOL_2D'>((site) => {
  const pooled = tf.maxPool(site.input(0) as never, ...windowOf(site.attrs)) as TfTensor;
  return site.attrs.activation === 'NONE'
    ? pooled
    : site.finish(pooled, 'even', site.attrs.activation);
});

export const l2Pool = computes<'L2_POOL_2D'>((site) => {
  const mean = averaged(site as never, tf.square(site.input(0)));
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
