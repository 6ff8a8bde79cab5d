/**
 * How the plan's target rounds the sums of a linear layer: the engine's own choice of kernel
 * (docs/bit-exactness.md), asked for the layer in the form that convert gives it.
 */
import type { KernelSite } from '../engine/engine';
import { convolutionKernel, type LinearKernel } from '../engine/reference/int/convolution';
import { fullyConnectedKernel } from '../engine/reference/int/fullyConnected';
import type { DType, Graph, Node, Value } from '../model/graph';
import { targetOf } from '../quant/targets';
import type { Plan } from '../quant/types';
import type { Rounding } from './arithmetic';
import type { WeightSite } from './program';
import { withGradient } from './composed';
import { tf, type TfTensor } from './tf';

export interface LinearRounding {
  readonly ties: Rounding;
  /** The first so many channels are rounded twice, half up both times. */
  readonly twiceUp: number;
}

const even: LinearRounding = { ties: 'even', twiceUp: 0 };

function kernelOf(site: KernelSite): LinearKernel {
  switch (site.node.op) {
    case 'CONV_2D':
    case 'DEPTHWISE_CONV_2D':
      return convolutionKernel(site);
    case 'FULLY_CONNECTED':
      return fullyConnectedKernel(site);
    case 'TRANSPOSE_CONV': {
      const perChannel = (site.inputs[1]?.quant?.scale.length ?? 0) > 1;
      return perChannel && site.rounding === 'fixed-point' ? 'builtin' : 'xnnpack';
    }
    default:
      return 'xnnpack';
  }
}

/** Of an integer node with weights on a grid. */
export function linearRounding(
  graph: Graph,
  plan: Plan | undefined,
  node: Node,
  weights: WeightSite | undefined,
): LinearRounding {
  const grid = weights?.grid;
  if (!plan || !grid) return even;
  const dtype: DType = grid.levels === 7 ? 'int4' : 'int8';
  const { length } = grid.start;
  const quant = { scale: grid.start, zeroPoint: new Int32Array(length), axis: 0 };
  const inputs = node.inputs.map((index, position): Value | undefined =>
    position === 1 ? { ...weights.value, dtype, quant } : graph.values[index],
  );
  const outputs = node.outputs.map((index) => graph.values[index]!);
  const rounding = targetOf(plan.target).rounding.perChannel[node.op] ?? 'xnnpack-f32';
  const kernel = kernelOf({ node, inputs, outputs, rounding });
  const { channels } = weights.channels;
  const eights = channels - (channels % 8);
  switch (kernel) {
    case 'xnnpack':
      return even;
    case 'ruy':
      return { ties: 'up', twiceUp: 0 };
    case 'gemm':
      return { ties: 'up', twiceUp: channels };
    case 'blocks':
      return { ties: eights > 0 ? 'up' : 'away', twiceUp: eights };
    case 'builtin':
      return { ties: 'away', twiceUp: 0 };
    default:
      return kernel satisfies never;
  }
}

/**
 * The bias that makes one rounding up of two: floor(floor(t·2ⁿ + ½)/2ⁿ + ½) = floor(t + 2⁻⁽ⁿ⁺¹⁾ + ½) for a
 * right shift n ≥ 1, where 2⁻⁽ⁿ⁺¹⁾ is the power of two below s_in·s_w/s_out. Passes the gradient on.
 */
export function withSecondRounding(
  bias: TfTensor,
  { twiceUp }: LinearRounding,
  input: TfTensor,
  weights: TfTensor,
  output: TfTensor,
): TfTensor {
  if (twiceUp === 0) return bias;
  return withGradient(
    [bias],
    ([b]) => {
      const ratio = tf.div(tf.mul(input, weights), output);
      const exponent = tf.floor(tf.div(tf.log(ratio), Math.LN2));
      const step = tf.mul(tf.exp(tf.mul(exponent, Math.LN2)), output);
      const shifts = tf.cast(tf.less(ratio, 0.5), 'float32');
      const channels = b!.shape[0]!;
      const first = tf.cast(tf.less(tf.range(0, channels), twiceUp), 'float32');
      return { value: tf.add(b!, tf.mul(tf.mul(step, shifts), first)), keep: [] };
    },
    (dy) => [dy],
  );
}
