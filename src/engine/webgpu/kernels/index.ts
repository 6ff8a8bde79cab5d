/** The one list of WebGPU kernels: operator → programs, or why there are none (README.md). */
import type { OpName } from '../../../model/ops';
import { convolutionKernels } from './convolution';
import { dequantize, quantize } from './conversion';
import { depthwise } from './depthwise';
import { binary, unary } from './elementwise';
import { moveTable } from './move';
import { pooling } from './pooling';
import { reduction } from './reduction';
import { resizeBilinear } from './resize';
import type { GpuKernelFactory } from './site';
import { softmax } from './softmax';

export const gpuKernels: Readonly<Partial<Record<OpName, GpuKernelFactory>>> = {
  ...moveTable,
  ...convolutionKernels,
  ABS: unary,
  ADD: binary,
  AVERAGE_POOL_2D: pooling,
  CEIL: unary,
  COS: unary,
  DEPTHWISE_CONV_2D: depthwise,
  DEQUANTIZE: dequantize,
  DIV: binary,
  ELU: unary,
  EXP: unary,
  FLOOR: unary,
  GELU: unary,
  HARD_SWISH: unary,
  LEAKY_RELU: unary,
  LOG: unary,
  LOGISTIC: unary,
  MAXIMUM: binary,
  MAX_POOL_2D: pooling,
  MEAN: reduction,
  MINIMUM: binary,
  MUL: binary,
  NEG: unary,
  PRELU: binary,
  QUANTIZE: quantize,
  REDUCE_MAX: reduction,
  REDUCE_MIN: reduction,
  RELU: unary,
  RELU6: unary,
  RELU_0_TO_1: unary,
  RELU_N1_TO_1: unary,
  RESIZE_BILINEAR: resizeBilinear,
  ROUND: unary,
  RSQRT: unary,
  SIGN: unary,
  SIN: unary,
  SOFTMAX: softmax,
  SQRT: unary,
  SQUARE: unary,
  SQUARED_DIFFERENCE: binary,
  SUB: binary,
  SUM: reduction,
  TANH: unary,
};
