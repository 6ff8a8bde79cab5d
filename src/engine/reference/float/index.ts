import type { KernelTable } from '../table';
import { binary } from './binary';
import { conv2d } from './conv';
import { cast, dequantize, quantize } from './convert';
import { depthwiseConv2d } from './depthwise';
import { compare, logical, logicalNot, select } from './logic';
import { batchMatmul, fullyConnected } from './matmul';
import { pool2d } from './pool';
import { argExtreme, cumsum, reduce } from './reduce';
import { resizeBilinear } from './resize';
import { alongRows } from './softmax';
import { transposeConv } from './transposeConv';
import { clampTo, hardSwish, leakyRelu, prelu, unary } from './unary';

/** float32 kernels, bool logic, and the int32 and int64 arithmetic of shape computations. */
export const floatKernels: KernelTable = {
  ABS: unary,
  ADD: binary,
  ARG_MAX: argExtreme,
  ARG_MIN: argExtreme,
  AVERAGE_POOL_2D: pool2d,
  BATCH_MATMUL: batchMatmul,
  CAST: cast,
  CEIL: unary,
  CONV_2D: conv2d,
  COS: unary,
  CUMSUM: cumsum,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  DEQUANTIZE: dequantize,
  DIV: binary,
  ELU: unary,
  EQUAL: compare,
  EXP: unary,
  FLOOR: unary,
  FLOOR_DIV: binary,
  FLOOR_MOD: binary,
  FULLY_CONNECTED: fullyConnected,
  GELU: unary,
  GREATER: compare,
  GREATER_EQUAL: compare,
  HARD_SWISH: hardSwish,
  L2_NORMALIZATION: alongRows,
  L2_POOL_2D: pool2d,
  LEAKY_RELU: leakyRelu,
  LESS: compare,
  LESS_EQUAL: compare,
  LOG: unary,
  LOGICAL_AND: logical,
  LOGICAL_NOT: logicalNot,
  LOGICAL_OR: logical,
  LOGISTIC: unary,
  LOG_SOFTMAX: alongRows,
  MAXIMUM: binary,
  MAX_POOL_2D: pool2d,
  MEAN: reduce,
  MINIMUM: binary,
  MUL: binary,
  NEG: unary,
  NOT_EQUAL: compare,
  POW: binary,
  PRELU: prelu,
  QUANTIZE: quantize,
  REDUCE_ALL: reduce,
  REDUCE_ANY: reduce,
  REDUCE_MAX: reduce,
  REDUCE_MIN: reduce,
  REDUCE_PROD: reduce,
  RELU: clampTo,
  RELU6: clampTo,
  RELU_0_TO_1: clampTo,
  RELU_N1_TO_1: clampTo,
  RESIZE_BILINEAR: resizeBilinear,
  ROUND: unary,
  RSQRT: unary,
  SELECT: select,
  SELECT_V2: select,
  SIGN: unary,
  SIN: unary,
  SOFTMAX: alongRows,
  SQRT: unary,
  SQUARE: unary,
  SQUARED_DIFFERENCE: binary,
  SUB: binary,
  SUM: reduce,
  TANH: unary,
  TRANSPOSE_CONV: transposeConv,
};
