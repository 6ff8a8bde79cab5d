/** Conv1DTranspose and Conv2DTranspose. */
import { readActivation } from './activation';
import { biasOf } from './conv';
import { field, flag, integer, integers } from './fields';
import type { Dimensions, Geometry } from './geometry';
import { readGeometry, withWindow } from './geometry';
import { dilate, permute } from '../../build/layout';
import type { LayerCall, LayerDefinition, LayerRule } from './layer';
import { weight } from './layer';
import { windowSize } from '../../../model/infer';
import { emit, floatConstant, intConstant, malformed, shapeOf } from '../../build/emit';
import { unsupported } from '../../build/emit';

/**
 * Output length (keras.src.backend.common.backend_utils, compute_conv_transpose_output_length with
 * TensorFlow's padding); `kernel` with its dilation.
 */
function outputLength(
  length: number,
  kernel: number,
  stride: number,
  same: boolean,
  outputPadding: number | undefined,
): number {
  if (outputPadding === undefined)
    return same ? length * stride : length * stride + Math.max(kernel - stride, 0);
  const pad = same ? Math.floor(kernel / 2) : 0;
  return (length - 1) * stride + kernel - 2 * pad + outputPadding;
}

function readOutputPadding(call: LayerCall, dimensions: Dimensions): (number | undefined)[] {
  if (field(call.config, 'output_padding') === undefined) return [undefined, undefined];
  const list = integers(call.config, 'output_padding');
  const [first, second = first] = list;
  if (list.length > dimensions || list.some((size) => size < 0))
    return malformed('its output padding does not fit.');
  // Height 1 stays 1: a kernel of 1 with no padding added.
  return dimensions === 1 ? [0, first] : [first, second];
}

function transposed(dimensions: Dimensions): LayerRule {
  return (call) => {
    const geometry = readGeometry(call.config, dimensions);
    const filters = integer(call.config, 'filters');
    const groups = integer(call.config, 'groups', 1);
    if (groups !== 1) return unsupported('a transposed convolution in groups.');
    const activation = readActivation(call, false);
    const more = readOutputPadding(call, dimensions);
    const out = withWindow(call, dimensions, (input) => {
      const [batch, height, width, channels] = shapeOf(call, input) as [
        number,
        number,
        number,
        number,
      ];
      const { data, shape } = wideKernel(call, geometry, filters, channels);
      const same = geometry.padding === 'same';
      const [strideH, strideW] = geometry.strides;
      const outH = outputLength(height, shape[0], strideH, same, more[0]);
      const outW = outputLength(width, shape[1], strideW, same, more[1]);
      const padding = same ? 'SAME' : 'VALID';
      if (
        windowSize(outH, shape[0], strideH, 1, padding) !== height ||
        windowSize(outW, shape[1], strideW, 1, padding) !== width
      )
        return unsupported('an output padding that TFLite has no transposed convolution for.');
      const size = intConstant(call, 'output_shape', [batch, outH, outW, filters]);
      const weights = floatConstant(
        call,
        'kernel',
        [filters, shape[0], shape[1], channels],
        permute(data, shape, [2, 0, 1, 3]),
      );
      const operands = [size, weights, input];
      if (flag(call.config, 'use_bias', true)) operands.push(biasOf(call, 1, filters));
      const attrs = { padding, strideH, strideW, activation: 'NONE' } as const;
      return emit(call, 'TRANSPOSE_CONV', attrs, operands);
    });
    return activation.apply(out);
  };
}

/** Keras' kernel [h, w, filters, channels] with zeros for its dilation: TFLite has none here. */
function wideKernel(call: LayerCall, geometry: Geometry, filters: number, channels: number) {
  const shape: [number, number, number, number] = [...geometry.kernel, filters, channels];
  const data = weight(call, 0, 'kernel', shape);
  const [dilationH, dilationW] = geometry.dilation;
  if (dilationH === 1 && dilationW === 1) return { data, shape };
  // Keeps a hostile dilation from claiming memory: honest kernels are far smaller.
  if (data.length * dilationH * dilationW > 2 ** 24)
    return unsupported('a transposed convolution with so wide a dilation.');
  return dilate(data, shape, geometry.dilation);
}

export const convTransposeLayers: Readonly<Record<string, LayerDefinition>> = {
  Conv1DTranspose: { rule: transposed(1), mask: 'ends' },
  Conv2DTranspose: { rule: transposed(2), mask: 'ends' },
};
