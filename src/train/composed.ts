/** The arithmetic out of TF.js ops: any backend, and what the fused kernels are compared with. */
import type { Arithmetic, Bounds, Geometry, Quantizer, Rounding } from './arithmetic';

import { convolution, depthwiseConvolution } from './ops/gradients/dilated';
import { tf, type TfTensor } from './tf';

/** Largest float32 below one half: adding it and truncating rounds ties away from zero. */
const ALMOST_HALF = 0.49999997;

const truncate = (x: TfTensor) => tf.mul(tf.sign(x), tf.floor(tf.abs(x)));
const away = (x: TfTensor) => truncate(tf.add(x, tf.mul(tf.sign(x), ALMOST_HALF)));

function rounded(x: TfTensor, rounding: Rounding, zero: number): TfTensor {
  switch (rounding) {
    case 'even':
      return tf.round(x);
    case 'up':
      return tf.floor(tf.add(x, 0.5));
    case 'away':
      return away(x);
    case 'away-stored':
      return tf.sub(away(tf.add(x, zero)), zero);
    default:
      return rounding satisfies never;
  }
}

const clip = (x: TfTensor, low: number, high: number) => tf.minimum(tf.maximum(x, low), high);
function bounded(x: TfTensor, { low, high }: Bounds): TfTensor {
  const raised = Number.isFinite(low) ? tf.maximum(x, low) : x;
  return Number.isFinite(high) ? tf.minimum(raised, high) : raised;
}
/** 1 strictly between the bounds, else 0. */
function between(x: TfTensor, { low, high }: Bounds): TfTensor {
  let mask = tf.onesLike(x);
  if (Number.isFinite(low)) mask = tf.mul(mask, tf.cast(tf.greater(x, low), 'float32'));
  if (Number.isFinite(high)) mask = tf.mul(mask, tf.cast(tf.less(x, high), 'float32'));
  return mask;
}
const within = (x: TfTensor, low: number, high: number) =>
  tf.cast(tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)), 'float32');

type Save = (tensors: TfTensor[]) => void;
/** customGrad as it is: its published type knows neither the number of operands nor `save`. */
export function withGradient(
  operands: TfTensor[],
  value: (operands: TfTensor[]) => { value: TfTensor; keep: TfTensor[] },
  gradient: (dy: TfTensor, kept: TfTensor[]) => TfTensor[],
): TfTensor {
  const op = tf.customGrad((...args) => {
    const save = args[args.length - 1] as unknown as Save;
    const made = value(args.slice(0, -1) as TfTensor[]);
    save(made.keep);
    return {
      value: made.value,
      gradFunc: ((dy: TfTensor, kept: TfTensor[]) => gradient(dy, kept)) as never,
    };
  });
  return op(...operands);
}

function finish(x: TfTensor, bounds: Bounds, to: Quantizer | undefined): TfTensor {
  if (!to) {
    if (bounds.low === -Infinity && bounds.high === Infinity) return x;
    return withGradient(
      [x],
      ([v]) => ({ value: bounded(v!, bounds), keep: [v!] }),
      (dy, [v]) => [tf.mul(dy, between(v!, bounds))],
    );
  }
  const { zero, rounding } = to;
  const [low, high] = [to.low - zero, to.high - zero];
  const ratio = (v: TfTensor, s: TfTensor) => tf.mul(bounded(v, bounds), tf.div(1, s));
  return withGradient(
    [x, to.scale],
    ([v, s]) => ({
      value: tf.mul(clip(rounded(ratio(v!, s!), rounding, zero), low, high), s!),
      keep: [v!, s!],
    }),
    (dy, [v, s]) => {
      const t = ratio(v!, s!);
      const inside = within(t, low, high);
      const q = clip(rounded(t, rounding, zero), low, high);
      return [
        tf.mul(dy, tf.mul(inside, between(v!, bounds))),
        tf.reshape(tf.sum(tf.mul(dy, tf.sub(q, tf.mul(t, inside)))), [1]),
      ];
    },
  );
}

function linear(x: TfTensor, w: TfTensor, geometry: Geometry): TfTensor {
  switch (geometry.kind) {
    case 'dense':
      return tf.matMul(x as never, w as never);
    case 'conv':
      return convolution(x, w, geometry);
    case 'depthwise':
      return depthwiseConvolution(x, w, geometry);
    default:
      return geometry.kind satisfies never;
  }
}

export const composed: Arithmetic = {
  finish,
  layer: (x, w, b, geometry, bounds, to) => finish(tf.add(linear(x, w, geometry), b), bounds, to),
  add: (a, b, bounds, to) => finish(tf.add(a, b), bounds, to),
  spatialMean: (x) => tf.mean(x, [1, 2]),
  weights(w, scales, { outer, channels, inner }, levels) {
    const many = scales.size > 1;
    const flat = (t: TfTensor) => tf.reshape(t, [outer, channels, inner]);
    const wide = (s: TfTensor) => tf.reshape(s, [1, many ? channels : 1, 1]);
    return withGradient(
      [w, scales],
      ([v, s]) => {
        const q = clip(away(tf.div(flat(v!), wide(s!))), -levels, levels);
        return { value: tf.reshape(tf.mul(q, wide(s!)), w.shape), keep: [v!, s!] };
      },
      (dy, [v, s]) => {
        const t = tf.div(flat(v!), wide(s!));
        const inside = within(t, -levels, levels);
        const q = clip(away(t), -levels, levels);
        const ds = tf.mul(flat(dy), tf.sub(q, tf.mul(t, inside)));
        return [
          tf.reshape(tf.mul(flat(dy), inside), w.shape),
          tf.reshape(many ? tf.sum(ds, [0, 2]) : tf.sum(ds), scales.shape),
        ];
      },
    );
  },
  bias: (b, inputScale, scales) =>
    withGradient(
      [b],
      ([v]) => {
        const s = tf.mul(inputScale, scales);
        return { value: tf.mul(away(tf.div(v!, s)), s), keep: [] };
      },
      (dy) => [dy],
    ),
};
