/** Ops with a WASM kernel. To add one: a factory in this folder and a line here. */
import type { OpName } from '../../../model/ops';
import type { WasmFactory } from '../build';
import { conv2d } from './convolution';
import { depthwiseConv2d } from './depthwise';
import { binary, copy, dequantize, quantize, relu, table } from './elementwise';
import { fullyConnected } from './fullyConnected';
import { smooth, softmax } from './exponential';
import { hybridConv2d, hybridDepthwiseConv2d, hybridFullyConnected } from './hybrid';
import { concatenation, pad, resizeNearest } from './move';
import { mean, pool2d } from './pool';
import { resizeBilinear } from './resize';
import { transposeConv } from './transposeConv';

/** Those that make the border of a PAD before them (../folds.ts). */
export const bordered: Partial<Record<OpName, WasmFactory>> = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
};

export const wasmKernels: Partial<Record<OpName, WasmFactory>> = {
  ADD: binary,
  AVERAGE_POOL_2D: pool2d,
  CONCATENATION: concatenation,
  CONV_2D: (build) => conv2d(build) ?? hybridConv2d(build),
  DEPTHWISE_CONV_2D: (build) => depthwiseConv2d(build) ?? hybridDepthwiseConv2d(build),
  DEQUANTIZE: dequantize,
  ELU: table,
  EXP: table,
  EXPAND_DIMS: copy,
  FULLY_CONNECTED: (build) => fullyConnected(build) ?? hybridFullyConnected(build),
  HARD_SWISH: (build) => table(build) ?? smooth(build),
  LEAKY_RELU: table,
  LOGISTIC: (build) => table(build) ?? smooth(build),
  MAX_POOL_2D: pool2d,
  MEAN: mean,
  MUL: binary,
  PAD: pad,
  PADV2: pad,
  QUANTIZE: quantize,
  RELU: relu,
  RELU6: relu,
  RELU_N1_TO_1: relu,
  RESHAPE: copy,
  RESIZE_BILINEAR: resizeBilinear,
  RESIZE_NEAREST_NEIGHBOR: resizeNearest,
  SOFTMAX: softmax,
  SQUEEZE: copy,
  SUB: binary,
  TANH: table,
  TRANSPOSE_CONV: transposeConv,
};
