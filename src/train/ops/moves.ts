/** Operators that hand values on: reshapes, parts, borders, copies. */
import { planStridedSlice } from '../../model/infer';
import { boundsOf } from './activation';
import { tf, type TfTensor } from '../tf';
import { computes, moves, stops, type Site } from './layer';
import type { OpName } from '../../model/ops';

const reshaped = <K extends OpName>() =>
  moves<K>((site) => tf.reshape(site.input(0), site.outShape()));
export const reshape = reshaped<'RESHAPE'>();
export const squeeze = reshaped<'SQUEEZE'>();
export const expandDims = reshaped<'EXPAND_DIMS'>();

export const transpose = moves<'TRANSPOSE'>((site) =>
  tf.transpose(site.input(0), [...site.integers(1)]),
);

const all = <K extends OpName>(site: Site<K>): TfTensor[] =>
  Array.from({ length: site.inputs }, (_, position) => site.input(position));

/** Constants among the operands are given the batch of the others. */
function batched<K extends OpName>(site: Site<K>, axis: number): TfTensor[] {
  return all(site).map((x, position) => {
    if (site.batch === 1 || site.value(position).data === undefined || axis === 0) return x;
    return tf.broadcastTo(x, [x.shape[0]! * site.batch, ...x.shape.slice(1)]);
  });
}

export const concatenation = moves<'CONCATENATION'>((site) => {
  const { axis, activation } = site.attrs;
  const rank = site.value(0).shape.length;
  const at = axis < 0 ? axis + rank : axis;
  const joined = tf.concat(batched(site, at), at);
  const bounds = boundsOf(activation);
  return activation === 'NONE' || !bounds ? joined : site.finish(joined, 'even', activation);
});
export const pack = moves<'PACK'>((site) => tf.stack(batched(site, 1), site.attrs.axis));
export const unpack = moves<'UNPACK'>((site) => tf.unstack(site.input(0), site.attrs.axis));

const parts = (x: TfTensor, sizes: number[] | number, axis: number): TfTensor[] =>
  tf.split(x, sizes, axis < 0 ? axis + x.rank : axis);
export const split = moves<'SPLIT'>((site) =>
  parts(site.input(1), site.attrs.numSplits, site.integers(0)[0]!),
);
export const splitV = moves<'SPLIT_V'>((site) => {
  const axis = site.integers(2)[0]!;
  const { shape } = site.value(0);
  const total = shape[axis < 0 ? axis + shape.length : axis]!;
  const sizes = site.integers(1);
  const rest = total - sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  return parts(
    site.input(0),
    sizes.map((size) => (size < 0 ? rest : size)),
    axis,
  );
});

export const slice = moves<'SLICE'>((site) => {
  const x = site.input(0);
  const begin = site.integers(1);
  return tf.slice(x, [...begin], site.outShape());
});

/** Reversal, a contiguous slice and, for steps, the first of every group: each has a gradient. */
export const stridedSlice = moves<'STRIDED_SLICE'>((site) => {
  const [begin, end, strides] = [site.integers(1), site.integers(2), site.integers(3)];
  const { shape } = site.value(0);
  const { axes } = planStridedSlice(site.attrs, shape, begin, end, strides);
  let x = site.input(0);
  axes.forEach(({ start, step, count }, axis) => {
    const size = shape[axis]!;
    if (step === 1 && start === 0 && count === size) return;
    x = steps(x, axis, start, step, count);
  });
  return tf.reshape(x, site.outShape());
});

function steps(x: TfTensor, axis: number, start: number, step: number, count: number): TfTensor {
  const size = x.shape[axis]!;
  const stride = Math.abs(step);
  const forward = step > 0 ? x : tf.reverse(x, axis);
  const from = step > 0 ? start : size - 1 - start;
  const span = (count - 1) * stride + 1;
  const begin = x.shape.map((_, k) => (k === axis ? from : 0));
  const part = tf.slice(
    forward,
    begin,
    x.shape.map((length, k) => (k === axis ? span : length)),
  );
  if (stride === 1) return part;
  const before = x.shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const after = x.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const whole = tf.pad(tf.reshape(part, [before, span, after]), [
    [0, 0],
    [0, count * stride - span],
    [0, 0],
  ]);
  const groups = tf.reshape(whole, [before, count, stride, after]);
  const firsts = tf.slice(groups, [0, 0, 0, 0], [before, count, 1, after]);
  return tf.reshape(
    firsts,
    x.shape.map((length, k) => (k === axis ? count : length)),
  );
}

export const gather = moves<'GATHER'>((site) => {
  const { axis, batchDims } = site.attrs;
  const indices = tf.cast(site.input(1), 'int32');
  const x = site.input(0);
  return tf.gather(x, indices, axis < 0 ? axis + x.rank : axis, batchDims);
});

/** As a gather from the flattened leading axes: TF.js has no gradient of its own GatherNd. */
export const gatherNd = moves<'GATHER_ND'>((site) => {
  const x = site.input(0);
  const indices = tf.cast(site.input(1), 'int32');
  const depth = indices.shape[indices.rank - 1]!;
  const leading = x.shape.slice(0, depth);
  const weights = leading.map((_, k) => leading.slice(k + 1).reduce((a, b) => a * b, 1));
  const flat = tf.sum(tf.mul(indices, tf.tensor1d(weights, 'int32')), -1);
  const rows = leading.reduce((a, b) => a * b, 1);
  const table = tf.reshape(x, [rows, ...x.shape.slice(depth)]);
  return tf.gather(table, tf.cast(flat, 'int32'));
});

export const embeddingLookup = moves<'EMBEDDING_LOOKUP'>((site) =>
  tf.gather(site.input(1), tf.cast(site.input(0), 'int32')),
);

const pairs = (flat: readonly number[]): [number, number][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);

export const pad = moves<'PAD'>((site) => tf.pad(site.input(0), pairs(site.integers(1)) as never));
/** The number is on the output's grid like every operand of a move. */
export const padV2 = moves<'PADV2'>((site) => {
  const x = site.input(0);
  const borders = pairs(site.integers(1)) as never;
  const inside = tf.pad(x, borders);
  const mask = tf.pad(tf.onesLike(x), borders);
  return tf.add(inside, tf.mul(tf.sub(1, mask), site.input(2)));
});

/** By reversed slices: TF.js' own gradient drops what the border reflects. */
export const mirrorPad = moves<'MIRROR_PAD'>((site) => {
  const skip = site.attrs.mode === 'REFLECT' ? 1 : 0;
  let x = site.input(0);
  pairs(site.integers(1)).forEach(([before, after], axis) => {
    if (before + after === 0) return;
    const size = x.shape[axis]!;
    const run = (from: number, count: number) =>
      tf.reverse(
        tf.slice(
          x,
          x.shape.map((_, k) => (k === axis ? from : 0)),
          x.shape.map((length, k) => (k === axis ? count : length)),
        ),
        axis,
      );
    const joined = [x];
    if (before > 0) joined.unshift(run(skip, before));
    if (after > 0) joined.push(run(size - skip - after, after));
    x = tf.concat(joined, axis);
  });
  return x;
});

export const tile = moves<'TILE'>((site) => tf.tile(site.input(0), [...site.integers(1)]));
export const broadcastTo = moves<'BROADCAST_TO'>((site) =>
  tf.broadcastTo(site.input(0), site.outShape()),
);
export const fill = moves<'FILL'>((site) => tf.broadcastTo(site.input(1), site.outShape()));
export const reverse = moves<'REVERSE_V2'>((site) =>
  tf.reverse(site.input(0), [...site.integers(1)]),
);
export const shape = stops<'SHAPE'>('its result is a shape, which has no gradient', (site) =>
  tf.tensor1d([...site.input(0).shape], 'int32'),
);

export const depthToSpace = moves<'DEPTH_TO_SPACE'>((site) => {
  const b = site.attrs.blockSize;
  const x = site.input(0);
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const depth = c / (b * b);
  // [n·h, w, b, b·depth] → [n·h, b, w, b·depth]
  const rows = tf.transpose(tf.reshape(x, [n * h, w, b, b * depth]), [0, 2, 1, 3]);
  return tf.reshape(rows, [n, h * b, w * b, depth]);
});
export const spaceToDepth = moves<'SPACE_TO_DEPTH'>((site) => {
  const b = site.attrs.blockSize;
  const x = site.input(0);
  const [n, h, w, c] = x.shape as [number, number, number, number];
  const rows = tf.reshape(x, [n * (h / b), b, w / b, b * c]);
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [n, h / b, w / b, b * b * c]);
});
export const spaceToBatch = moves<'SPACE_TO_BATCH_ND'>((site) =>
  tf.spaceToBatchND(site.input(0), [...site.integers(1)], pairs(site.integers(2)) as never),
);
export const batchToSpace = moves<'BATCH_TO_SPACE_ND'>((site) =>
  tf.batchToSpaceND(site.input(0), [...site.integers(1)], pairs(site.integers(2)) as never),
);

export const dynamicUpdateSlice = moves<'DYNAMIC_UPDATE_SLICE'>((site) => {
  const [x, update] = [site.input(0), site.input(1)];
  const start = site
    .integers(2)
    .map((at, axis) => Math.max(0, Math.min(at, x.shape[axis]! - update.shape[axis]!)));
  const borders = start.map((at, axis) => [at, x.shape[axis]! - at - update.shape[axis]!]);
  const mask = tf.pad(tf.onesLike(update), borders as never);
  return tf.add(tf.mul(x, tf.sub(1, mask)), tf.pad(update, borders as never));
});

/** Float graphs hold them around tensors that were quantized already: nothing to do. */
export const quantize = computes<'QUANTIZE'>((site) => site.input(0));
export const dequantize = computes<'DEQUANTIZE'>((site) => site.input(0));
