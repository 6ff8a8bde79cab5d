/** Reductions. */
import type { OpName } from '../../model/ops';
import type { Rounding } from '../arithmetic';
import { tf, type TfTensor } from '../tf';
import { computes, moves, stops, type Layer, type Site } from './layer';

type Reducer = (x: TfTensor, axes: number[], keepDims: boolean) => TfTensor;

function axesOf(site: Site<'SUM'>, rank: number): number[] {
  const axes = site.integers(1).map((axis) => (axis < 0 ? axis + rank : axis));
  return [...new Set(axes)].sort((a, b) => a - b);
}
const reduced = <K extends OpName>(site: Site<K>, f: Reducer): TfTensor => {
  const x = site.input(0);
  const it = site as unknown as Site<'SUM'>;
  return tf.reshape(f(x, axesOf(it, x.rank), it.attrs.keepDims), site.outShape());
};

export const mean = computes<'MEAN'>((site) => {
  const x = site.input(0);
  const axes = axesOf(site as unknown as Site<'SUM'>, x.rank);
  const spatial = x.rank === 4 && axes.join() === '1,2';
  const made = spatial ? site.arithmetic.spatialMean(x) : tf.mean(x, axes);
  const even = spatial || (x.rank === 4 && axes.join() === '2');
  return site.finish(tf.reshape(made, site.outShape()), even ? 'even' : 'away');
});

const reduce = <K extends OpName>(f: Reducer, rounding: Rounding): Layer<K> =>
  computes((site) => site.finish(reduced(site, f), rounding));
export const sum = reduce<'SUM'>((x, axes, keep) => tf.sum(x, axes, keep), 'away');
export const reduceProd = reduce<'REDUCE_PROD'>((x, axes, keep) => tf.prod(x, axes, keep), 'even');
export const reduceMax = moves<'REDUCE_MAX'>((site) =>
  reduced(site, (x, axes, keep) => tf.max(x, axes, keep)),
);
export const reduceMin = moves<'REDUCE_MIN'>((site) =>
  reduced(site, (x, axes, keep) => tf.min(x, axes, keep)),
);

const truth = 'its result is true or false, which has no gradient';
export const reduceAny = stops<'REDUCE_ANY'>(truth, (site) =>
  reduced(site, (x, axes, keep) => tf.any(tf.cast(x, 'bool'), axes, keep)),
);
export const reduceAll = stops<'REDUCE_ALL'>(truth, (site) =>
  reduced(site, (x, axes, keep) => tf.all(tf.cast(x, 'bool'), axes, keep)),
);

const place = 'its result is a position, which has no gradient';
export const argMax = stops<'ARG_MAX'>(place, (site) =>
  tf.argMax(site.input(0), site.integers(1)[0]),
);
export const argMin = stops<'ARG_MIN'>(place, (site) =>
  tf.argMin(site.input(0), site.integers(1)[0]),
);

/** Along the last axis, the only one of which TF.js' gradient is right. */
export const cumsum = computes<'CUMSUM'>((site) => {
  const { exclusive, reverse } = site.attrs;
  const x = site.input(0);
  const [given = 0] = site.integers(1);
  const axis = given < 0 ? given + x.rank : given;
  const order = x.shape.map((_, k) => (k === axis ? x.rank - 1 : k === x.rank - 1 ? axis : k));
  const last = tf.cumsum(tf.transpose(x, order), x.rank - 1, exclusive, reverse);
  return site.finish(tf.transpose(last, order), 'even');
});
