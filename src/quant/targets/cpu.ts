/**
 * What TensorFlow Lite's and LiteRT's CPU kernels take in every version, as far as Intact's engine
 * equals them bit for bit; the targets add what their version does otherwise.
 * Fixed parameters: "TensorFlow Lite 8-bit quantization specification". Same-scale ops: those with
 * the SameOperandsAndResultsScale trait in tensorflow/compiler/mlir/lite/ir/tfl_ops.td.
 *
 * Comparisons stay float: on a grid, numbers that differ become equal. SUM stays float: TFLite's int8
 * kernel (QuantizedMeanOrSum) wraps around where others saturate, so that a result just above the
 * calibrated range comes out as the lowest number.
 */
import type { OpName } from '../../model/ops';
import type { IntegerRule, Target } from './target';

type Common = Pick<Target, 'int8' | 'dynamic' | 'weights' | 'fallback' | 'tables' | 'anyType'>;

const range: IntegerRule = { output: 'range' };
const same: IntegerRule = { output: 'same' };

export const cpu: Common = {
  int8: {
    CONV_2D: range,
    DEPTHWISE_CONV_2D: range,
    TRANSPOSE_CONV: range,
    FULLY_CONNECTED: range,
    ADD: range,
    SUB: range,
    MUL: range,
    SQUARED_DIFFERENCE: range,
    MEAN: range,
    RELU: range,
    RELU6: range,
    RELU_N1_TO_1: range,
    LEAKY_RELU: range,
    PRELU: range,
    ELU: range,
    GELU: range,
    ABS: range,
    RSQRT: range,
    BATCH_MATMUL: range,
    HARD_SWISH: range,
    SOFTMAX: { output: 'fixed', scale: 1 / 256, zeroPoint: -128 },
    LOGISTIC: { output: 'fixed', scale: 1 / 256, zeroPoint: -128 },
    TANH: { output: 'fixed', scale: 1 / 128, zeroPoint: 0 },
    L2_NORMALIZATION: { output: 'fixed', scale: 1 / 128, zeroPoint: 0 },
    LOG_SOFTMAX: { output: 'fixed', scale: 16 / 256, zeroPoint: 127 },
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
    SPLIT_V: same,
    SLICE: same,
    STRIDED_SLICE: same,
    GATHER: same,
    GATHER_ND: same,
    PAD: same,
    PADV2: same,
    MIRROR_PAD: same,
    RESHAPE: same,
    SQUEEZE: same,
    EXPAND_DIMS: same,
    TRANSPOSE: same,
    TILE: same,
    BROADCAST_TO: same,
    RESIZE_BILINEAR: same,
    RESIZE_NEAREST_NEIGHBOR: same,
    SPACE_TO_DEPTH: same,
    DEPTH_TO_SPACE: same,
    SPACE_TO_BATCH_ND: same,
    BATCH_TO_SPACE_ND: same,
    REVERSE_V2: same,
  },
  dynamic: new Set<OpName>(['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED']),
  weights: {
    CONV_2D: { data: 0, weights: 1, bias: 2, axis: 0 },
    DEPTHWISE_CONV_2D: { data: 0, weights: 1, bias: 2, axis: 3 },
    FULLY_CONNECTED: { data: 0, weights: 1, bias: 2, axis: 0 },
    TRANSPOSE_CONV: { data: 2, weights: 1, bias: 3, axis: 0 },
  },
  fallback: 'per-op',
  tables: { GATHER: 0 },
  anyType: new Set<OpName>(['SHAPE']),
};
