/** Pooling over windows and over everything, one and two dimensions. */
import { emit, intConstant, malformed, shapeOf } from '../../build/emit';
import { flag } from './fields';
import type { Dimensions } from './geometry';
import { readPool, withWindow } from './geometry';
import type { LayerDefinition, LayerRule } from './layer';
import { isChannelsFirst, onlyInput } from './layer';

function pooling(op: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D', dimensions: Dimensions): LayerRule {
  return (call) => {
    const { kernel, strides, padding } = readPool(call.config, dimensions);
    if (padding === 'causal') return malformed('pooling cannot be causal.');
    const attrs = {
      padding: padding === 'same' ? 'SAME' : 'VALID',
      filterH: kernel[0],
      filterW: kernel[1],
      strideH: strides[0],
      strideW: strides[1],
      activation: 'NONE',
    } as const;
    return withWindow(call, dimensions, (input) => emit(call, op, attrs, [input]));
  };
}

function overAll(op: 'MEAN' | 'REDUCE_MAX', dimensions: Dimensions): LayerRule {
  return (call) => {
    const input = onlyInput(call);
    const rank = shapeOf(call, input).length;
    if (rank !== dimensions + 2)
      return malformed(`it needs an input of ${dimensions + 2} dimensions, but gets ${rank}.`);
    const first = isChannelsFirst(call) ? 2 : 1;
    const axes = Array.from({ length: dimensions }, (_, index) => first + index);
    const keepDims = flag(call.config, 'keepdims', false);
    return emit(call, op, { keepDims }, [input, intConstant(call, 'axes', axes)]);
  };
}

const window = (op: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D', dimensions: Dimensions) =>
  ({ rule: pooling(op, dimensions), mask: 'ends' }) as const;

export const poolLayers: Readonly<Record<string, LayerDefinition>> = {
  MaxPooling1D: window('MAX_POOL_2D', 1),
  MaxPooling2D: window('MAX_POOL_2D', 2),
  AveragePooling1D: window('AVERAGE_POOL_2D', 1),
  AveragePooling2D: window('AVERAGE_POOL_2D', 2),
  GlobalAveragePooling1D: { rule: overAll('MEAN', 1), mask: 'needed' },
  GlobalAveragePooling2D: { rule: overAll('MEAN', 2), mask: 'ends' },
  GlobalMaxPooling1D: { rule: overAll('REDUCE_MAX', 1), mask: 'ends' },
  GlobalMaxPooling2D: { rule: overAll('REDUCE_MAX', 2), mask: 'ends' },
};
