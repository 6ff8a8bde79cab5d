/**
 * What the current LiteRT takes with int16 activations (zero point 0), as far as Intact's kernels equal
 * it bit for bit: 16x8 kernels of tflite/kernels, all builtin (XNNPACK has none). Fixed parameters:
 * "TensorFlow Lite 16x8 quantization specification". What it refuses (HARD_SWISH, ELU, PRELU,
 * L2_NORMALIZATION, LOG_SOFTMAX, SQUARED_DIFFERENCE, SPACE_TO_DEPTH, DEPTH_TO_SPACE …) isn't here.
 */
import type { OpName } from '../../model/ops';
import type { IntegerRule } from './target';

const range: IntegerRule = { output: 'range' };
const same: IntegerRule = { output: 'same' };
const fixed: IntegerRule = { output: 'fixed', scale: 1 / 32768, zeroPoint: 0 };

export const cpu16: Readonly<Partial<Record<OpName, IntegerRule>>> = {
  CONV_2D: range,
  DEPTHWISE_CONV_2D: range,
  FULLY_CONNECTED: range,
  TRANSPOSE_CONV: range,
  BATCH_MATMUL: range,
  ADD: range,
  SUB: range,
  MUL: range,
  MEAN: range,
  RELU: range,
  RELU6: range,
  LEAKY_RELU: range,
  ABS: range,
  SOFTMAX: fixed,
  LOGISTIC: fixed,
  TANH: fixed,
  AVERAGE_POOL_2D: same,
  MAX_POOL_2D: same,
  MAXIMUM: same,
  MINIMUM: same,
  REDUCE_MAX: same,
  REDUCE_MIN: same,
  CONCATENATION: same,
  PACK: same,
  UNPACK: same,
  SPLIT: same,
  SLICE: same,
  STRIDED_SLICE: same,
  GATHER: same,
  PAD: same,
  MIRROR_PAD: same,
  RESHAPE: same,
  SQUEEZE: same,
  EXPAND_DIMS: same,
  TRANSPOSE: same,
  TILE: same,
  BROADCAST_TO: same,
  RESIZE_BILINEAR: same,
  RESIZE_NEAREST_NEIGHBOR: same,
  REVERSE_V2: same,
};
