/** Conv, DepthwiseConv, SeparableConv in one and two dimensions. */
import { readActivation } from './activation';
import { flag, integer } from './fields';
import type { Dimensions, Geometry } from './geometry';
import { padded, readGeometry, withWindow } from './geometry';
import { permute } from '../../build/layout';
import type { LayerCall, LayerDefinition, LayerRule } from './layer';
import { weight } from './layer';
import type { Activation, Padding } from '../../../model/ops';
import { emit, emitAll, floatConstant, intConstant, malformed } from '../../build/emit';
import { shapeOf, unsupported } from '../../build/emit';

/** Each group becomes a node. */
const mostGroups = 64;

interface ConvSite {
  readonly padding: Padding;
  readonly geometry: Geometry;
  readonly activation: Activation;
}

function convAttrs({ padding, geometry, activation }: ConvSite) {
  return {
    padding,
    strideH: geometry.strides[0],
    strideW: geometry.strides[1],
    dilationH: geometry.dilation[0],
    dilationW: geometry.dilation[1],
    activation,
  };
}

/** The layer's bias, or the zeros that TFLite's convolutions want in its place. */
export function biasOf(call: LayerCall, index: number, channels: number): number {
  const data = flag(call.config, 'use_bias', true)
    ? weight(call, index, 'bias', [channels])
    : new Float32Array(channels);
  return floatConstant(call, 'bias', [channels], data);
}

function convolution(dimensions: Dimensions): LayerRule {
  return (call) => {
    const geometry = readGeometry(call.config, dimensions);
    const filters = integer(call.config, 'filters');
    const groups = integer(call.config, 'groups', 1);
    const activation = readActivation(call, true);
    const out = withWindow(call, dimensions, (input) => {
      const channels = shapeOf(call, input)[3]!;
      if (groups < 1 || channels % groups !== 0 || filters % groups !== 0 || filters < 1)
        return malformed(
          `${channels} channels and ${filters} filters don't go in ${groups} groups.`,
        );
      const [height, width] = geometry.kernel;
      const shape = [height, width, channels / groups, filters] as const;
      const kernel = weight(call, 0, 'kernel', shape);
      const bias = flag(call.config, 'use_bias', true)
        ? weight(call, 1, 'bias', [filters])
        : new Float32Array(filters);
      const pad = padded(call, input, geometry);
      const site = { geometry, padding: pad.padding, activation: activation.fused };
      if (groups === 1) {
        const weights = floatConstant(
          call,
          'kernel',
          [filters, height, width, channels],
          permute(kernel, shape, [3, 0, 1, 2]),
        );
        const biases = floatConstant(call, 'bias', [filters], bias);
        return emit(call, 'CONV_2D', convAttrs(site), [pad.input, weights, biases]);
      }
      if (groups === channels) {
        const weights = floatConstant(call, 'kernel', [1, height, width, filters], kernel);
        const biases = floatConstant(call, 'bias', [filters], bias);
        const attrs = { ...convAttrs(site), depthMultiplier: filters / channels };
        return emit(call, 'DEPTHWISE_CONV_2D', attrs, [pad.input, weights, biases]);
      }
      return grouped(call, pad.input, site, { kernel, shape, bias, groups });
    });
    return activation.apply(out);
  };
}

/** TFLite's runtimes differ in grouped convolutions: one convolution per group is safe everywhere. */
function grouped(
  call: LayerCall,
  input: number,
  site: ConvSite,
  source: {
    readonly kernel: Float32Array;
    readonly shape: readonly [number, number, number, number];
    readonly bias: Float32Array;
    readonly groups: number;
  },
): number {
  const { kernel, shape, bias, groups } = source;
  if (groups > mostGroups)
    return unsupported(`a convolution in ${groups} groups; ${mostGroups} are the most.`);
  const [height, width, depth, filters] = shape;
  const size = filters / groups;
  const all = permute(kernel, shape, [3, 0, 1, 2]);
  const per = size * height * width * depth;
  const axis = intConstant(call, 'split_axis', [3], []);
  const parts = emitAll(call, 'SPLIT', { numSplits: groups }, [axis, input], 'split');
  const outs = parts.map((part, group) => {
    const weights = floatConstant(
      call,
      `kernel_${group}`,
      [size, height, width, depth],
      all.slice(group * per, (group + 1) * per),
    );
    const biases = floatConstant(
      call,
      `bias_${group}`,
      [size],
      bias.slice(group * size, (group + 1) * size),
    );
    return emit(call, 'CONV_2D', convAttrs(site), [part, weights, biases], `group_${group}`);
  });
  return emit(call, 'CONCATENATION', { axis: 3, activation: 'NONE' }, outs, 'concat');
}

/** Keras' [h, w, channels, multiplier] is TFLite's [1, h, w, channels · multiplier] as it lies. */
function depthwiseNode(
  call: LayerCall,
  input: number,
  site: ConvSite,
  bias: (channels: number) => number,
  suffix: string,
): number {
  const channels = shapeOf(call, input)[3]!;
  const depthMultiplier = integer(call.config, 'depth_multiplier', 1);
  const [height, width] = site.geometry.kernel;
  const filters = channels * depthMultiplier;
  const kernel = weight(call, 0, 'depthwise kernel', [height, width, channels, depthMultiplier]);
  const name = suffix === '' ? 'kernel' : `${suffix}_kernel`;
  const weights = floatConstant(call, name, [1, height, width, filters], kernel);
  const attrs = { ...convAttrs(site), depthMultiplier };
  return emit(call, 'DEPTHWISE_CONV_2D', attrs, [input, weights, bias(filters)], suffix);
}

function depthwise(dimensions: Dimensions): LayerRule {
  return (call) => {
    const geometry = readGeometry(call.config, dimensions);
    const activation = readActivation(call, true);
    const out = withWindow(call, dimensions, (input) => {
      const pad = padded(call, input, geometry);
      const site = { geometry, padding: pad.padding, activation: activation.fused };
      return depthwiseNode(call, pad.input, site, (count) => biasOf(call, 1, count), '');
    });
    return activation.apply(out);
  };
}

function separable(dimensions: Dimensions): LayerRule {
  return (call) => {
    const geometry = readGeometry(call.config, dimensions);
    const filters = integer(call.config, 'filters');
    const activation = readActivation(call, true);
    const out = withWindow(call, dimensions, (input) => {
      const pad = padded(call, input, geometry);
      const noBias = (count: number) =>
        floatConstant(call, 'depthwise_bias', [count], new Float32Array(count));
      const deep = depthwiseNode(
        call,
        pad.input,
        { geometry, padding: pad.padding, activation: 'NONE' },
        noBias,
        'depthwise',
      );
      const channels = shapeOf(call, deep)[3]!;
      const shape = [1, 1, channels, filters];
      const kernel = weight(call, 1, 'pointwise kernel', shape);
      const weights = floatConstant(
        call,
        'pointwise_kernel',
        [filters, 1, 1, channels],
        permute(kernel, shape, [3, 0, 1, 2]),
      );
      const point: Geometry = {
        kernel: [1, 1],
        strides: [1, 1],
        dilation: [1, 1],
        padding: 'valid',
      };
      const site: ConvSite = { geometry: point, padding: 'VALID', activation: activation.fused };
      const operands = [deep, weights, biasOf(call, 2, filters)];
      return emit(call, 'CONV_2D', convAttrs(site), operands, 'pointwise');
    });
    return activation.apply(out);
  };
}

const end = 'ends' as const;

export const convLayers: Readonly<Record<string, LayerDefinition>> = {
  Conv1D: { rule: convolution(1), mask: end },
  Conv2D: { rule: convolution(2), mask: end },
  DepthwiseConv1D: { rule: depthwise(1), mask: end },
  DepthwiseConv2D: { rule: depthwise(2), mask: end },
  SeparableConv1D: { rule: separable(1), mask: end },
  SeparableConv2D: { rule: separable(2), mask: end },
};
