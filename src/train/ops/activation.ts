/** Activations: fused ones as bounds, and those that are operators. */
import type { Activation, OpName } from '../../model/ops';
import type { Bounds, Rounding } from '../arithmetic';
import { tf, type TfTensor } from '../tf';
import { computes, type Layer } from './layer';

/** Undefined for TANH and SIGN_BIT, which aren't bounds; int8 kernels don't end in them. */
export function boundsOf(activation: Activation): Bounds | undefined {
  switch (activation) {
    case 'NONE':
      return { low: -Infinity, high: Infinity };
    case 'RELU':
      return { low: 0, high: Infinity };
    case 'RELU6':
      return { low: 0, high: 6 };
    case 'RELU_N1_TO_1':
      return { low: -1, high: 1 };
    case 'TANH':
    case 'SIGN_BIT':
      return undefined;
    default:
      return activation satisfies never;
  }
}

/** One operand, one result, then the grid. */
export const unary = <K extends OpName>(
  f: (x: TfTensor) => TfTensor,
  rounding: Rounding = 'even',
): Layer<K> => computes((site) => site.finish(f(site.input(0)), rounding));

const bounded = <K extends OpName>(activation: Activation): Layer<K> =>
  computes((site) => site.finish(site.input(0), 'away', activation));

export const relu = bounded<'RELU'>('RELU');
export const relu6 = bounded<'RELU6'>('RELU6');
export const reluN1To1 = bounded<'RELU_N1_TO_1'>('RELU_N1_TO_1');
export const relu0To1 = computes<'RELU_0_TO_1'>((site) =>
  site.arithmetic.finish(site.input(0), { low: 0, high: 1 }, site.grid('away')),
);

export const leakyRelu = computes<'LEAKY_RELU'>((site) =>
  site.finish(tf.leakyRelu(site.input(0), site.attrs.alpha), 'up'),
);

/** TF.js' own gradient of the slope is per element; this one sums by broadcasting. */
export const prelu = computes<'PRELU'>((site) => {
  const x = site.input(0);
  const negative = tf.mul(site.input(1), tf.relu(tf.neg(x)));
  return site.finish(tf.sub(tf.relu(x), negative), 'away');
});

export const elu = unary<'ELU'>((x) => tf.elu(x));
export const logistic = unary<'LOGISTIC'>((x) => tf.sigmoid(x));
export const tanh = unary<'TANH'>((x) => tf.tanh(x), 'away');
export const hardSwish = unary<'HARD_SWISH'>(
  (x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)),
  'away',
);

export const gelu = computes<'GELU'>((site) => {
  const x = site.input(0);
  const inner = site.attrs.approximate
    ? tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.square(x))))))
    : tf.erf(tf.mul(x, Math.SQRT1_2));
  return site.finish(tf.mul(tf.mul(0.5, x), tf.add(1, inner)), 'away');
});

export const softmax = computes<'SOFTMAX'>((site) =>
  site.finish(tf.softmax(tf.mul(site.input(0), site.attrs.beta)), 'away'),
);
export const logSoftmax = unary<'LOG_SOFTMAX'>((x) => tf.logSoftmax(x));

/** 1e-6: L2Normalization of reference/l2normalization.h. */
export const l2Normalization = computes<'L2_NORMALIZATION'>((site) => {
  const x = site.input(0);
  const norm = tf.sqrt(tf.maximum(tf.sum(tf.square(x), -1, true), 1e-12));
  return site.finish(tf.div(x, norm), 'away', site.attrs.activation);
});
