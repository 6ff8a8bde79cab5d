/** Operators with weights, and the product of two activations. */
import { window } from '../../engine/numerics';
import type { NodeFor } from '../../model/graph';
import { unbounded, type Geometry } from '../arithmetic';
import { boundsOf } from './activation';
import { tf, type TfTensor } from '../tf';
import { computes, type Site } from './layer';

type Windowed = 'CONV_2D' | 'DEPTHWISE_CONV_2D';

function geometryOf(site: Site<Windowed>, x: TfTensor): Geometry {
  const { attrs } = site;
  const [, filterH, filterW] = site.value(1).shape as [number, number, number, number];
  const [, inH, inW] = x.shape as [number, number, number, number];
  const y = window(attrs.padding, inH, filterH, attrs.strideH, attrs.dilationH);
  const across = window(attrs.padding, inW, filterW, attrs.strideW, attrs.dilationW);
  return {
    kind: site.node.op === 'CONV_2D' ? 'conv' : 'depthwise',
    filterH,
    filterW,
    strideH: attrs.strideH,
    strideW: attrs.strideW,
    dilationH: attrs.dilationH,
    dilationW: attrs.dilationW,
    top: y.before,
    bottom: y.after,
    left: across.before,
    right: across.after,
    outH: y.output,
    outW: across.output,
    outC: site.outShape()[3]!,
    needsInputGradient: site.needsInputGradient,
    needsWeightGradient: site.needsWeightGradient,
  };
}

const layer = (site: Site<Windowed>, weights: TfTensor) => {
  const x = site.input(0);
  const geometry = geometryOf(site, x);
  const bounds = boundsOf(site.attrs.activation);
  const made = site.arithmetic.layer(
    x,
    weights,
    site.bias(geometry.outC),
    geometry,
    bounds ?? unbounded,
    bounds && site.grid(site.ties),
  );
  return bounds ? made : site.finish(made, site.ties, site.attrs.activation);
};

export const conv = computes<'CONV_2D'>((site) =>
  layer(site as Site<Windowed>, site.weights() ?? tf.transpose(site.input(1), [1, 2, 3, 0])),
);

export const depthwise = computes<'DEPTHWISE_CONV_2D'>((site) => {
  const [, h, w, c] = site.value(1).shape as [number, number, number, number];
  const inC = site.input(0).shape[3]!;
  const weights = site.weights() ?? tf.reshape(site.input(1), [h, w, inC, c / inC]);
  return layer(site as Site<Windowed>, weights);
});

export const fullyConnected = computes<'FULLY_CONNECTED'>((site) => {
  const weights = site.weights() ?? tf.transpose(site.input(1));
  const [inC, outC] = weights.shape as [number, number];
  const x = tf.reshape(site.input(0), [-1, inC]);
  const { activation } = site.attrs;
  const bounds = boundsOf(activation);
  const geometry: Geometry = {
    kind: 'dense',
    filterH: 1,
    filterW: 1,
    strideH: 1,
    strideW: 1,
    dilationH: 1,
    dilationW: 1,
    top: 0,
    bottom: 0,
    left: 0,
    right: 0,
    outH: 1,
    outW: 1,
    outC,
    needsInputGradient: site.needsInputGradient,
    needsWeightGradient: site.needsWeightGradient,
  };
  const made = site.arithmetic.layer(
    x,
    weights,
    site.bias(outC),
    geometry,
    bounds ?? unbounded,
    bounds && site.grid(site.ties),
  );
  const whole = tf.reshape(made, site.outShape());
  return bounds ? whole : site.finish(whole, site.ties, activation);
});

/** Weights here are [h, w, out, in], the filter of the convolution that it is the gradient of. */
export const transposeConv = computes<'TRANSPOSE_CONV'>((site) => {
  const weights = site.weights() ?? tf.transpose(site.input(1), [1, 2, 0, 3]);
  const { padding, strideH, strideW, activation } = site.attrs;
  const [n, h, w, c] = site.outShape() as [number, number, number, number];
  const made = tf.conv2dTranspose(
    site.input(2) as never,
    weights as never,
    [n, h, w, c],
    [strideH, strideW],
    padding === 'SAME' ? 'same' : 'valid',
  );
  return site.finish(tf.add(made, site.bias(c)), site.ties, activation);
});

export const batchMatmul = computes<'BATCH_MATMUL'>((site) => {
  const { adjX, adjY } = site.attrs;
  return site.finish(tf.matMul(site.input(0), site.input(1), adjX, adjY), 'up');
});

/** Where a linear node keeps its operands, and how its weights are laid out for TF.js. */
export interface WeightLayout {
  readonly data: number;
  readonly weights: number;
  readonly bias: number;
  /** Output channels in the graph's layout. */
  readonly axis: number;
  /** Axes of the graph's layout in TF.js' order; null: the same order (depthwise, 1HWC). */
  readonly order: readonly number[] | null;
  /** Output channels in TF.js' layout. */
  readonly channelAxis: number;
}

export const weightLayouts: Partial<Record<NodeFor<'CONV_2D'>['op'] | string, WeightLayout>> = {
  CONV_2D: { data: 0, weights: 1, bias: 2, axis: 0, order: [1, 2, 3, 0], channelAxis: 3 },
  DEPTHWISE_CONV_2D: { data: 0, weights: 1, bias: 2, axis: 3, order: null, channelAxis: 3 },
  FULLY_CONNECTED: { data: 0, weights: 1, bias: 2, axis: 0, order: [1, 0], channelAxis: 1 },
  TRANSPOSE_CONV: { data: 2, weights: 1, bias: 3, axis: 0, order: [1, 2, 0, 3], channelAxis: 2 },
};
