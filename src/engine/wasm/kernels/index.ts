/** Ops with a WASM kernel. To add one: a factory in this folder and a line here. */
import type { OpName } from '../../../model/ops';
import type { WasmFactory } from '../build';
import { conv2d } from './convolution';
import { depthwiseConv2d } from './depthwise';
import { binary, copy, dequantize, quantize, relu, table } from './elementwise';
import { binaryInt16, dequantizeInt16, quantizeInt16, tableInt16 } from './elementwiseInt16';
import { fullyConnected } from './fullyConnected';
import { smooth, softmax } from './exponential';
import { hybridConv2d, hybridDepthwiseConv2d, hybridFullyConnected } from './hybrid';
import { conv2dInt16, depthwiseInt16, fullyConnectedInt16 } from './linearInt16';
import { concatenation, pad, resizeNearest } from './move';
import { mean, pool2d } from './pool';
import { resizeBilinear } from './resize';
import { transposeConv } from './transposeConv';

/** Those that make the border of a PAD before them (../folds.ts). */
export const bordered: Partial<Record<OpName, WasmFactory>> = {
  CONV_2D: (build) => conv2d(build) ?? conv2dInt16(build),
  DEPTHWISE_CONV_2D: (build) => depthwiseConv2d(build) ?? depthwiseInt16(build),
};

const tableOf: WasmFactory = (build) => table(build) ?? tableInt16(build);

export const wasmKernels: Partial<Record<OpName, WasmFactory>> = {
  ABS: tableInt16,
  ADD: (build) => binary(build) ?? binaryInt16(build),
  AVERAGE_POOL_2D: pool2d,
  CONCATENATION: concatenation,
  CONV_2D: (build) => conv2d(build) ?? conv2dInt16(build) ?? hybridConv2d(build),
  DEPTHWISE_CONV_2D: (build) =>
    depthwiseConv2d(build) ?? depthwiseInt16(build) ?? hybridDepthwiseConv2d(build),
  DEQUANTIZE: (build) => dequantize(build) ?? dequantizeInt16(build),
  ELU: table,
  EXP: table,
  EXPAND_DIMS: copy,
  FULLY_CONNECTED: (build) =>
    fullyConnected(build) ?? fullyConnectedInt16(build) ?? hybridFullyConnected(build),
  HARD_SWISH: (build) => table(build) ?? smooth(build),
  LEAKY_RELU: tableOf,
  LOGISTIC: (build) => tableOf(build) ?? smooth(build),
  MAX_POOL_2D: pool2d,
  MEAN: mean,
  MUL: (build) => binary(build) ?? binaryInt16(build),
  PAD: pad,
  PADV2: pad,
  QUANTIZE: (build) => quantize(build) ?? quantizeInt16(build),
  RELU: (build) => relu(build) ?? tableInt16(build),
  RELU6: (build) => relu(build) ?? tableInt16(build),
  RELU_N1_TO_1: relu,
  RESHAPE: copy,
  RESIZE_BILINEAR: resizeBilinear,
  RESIZE_NEAREST_NEIGHBOR: resizeNearest,
  SOFTMAX: softmax,
  SQUEEZE: copy,
  SUB: (build) => binary(build) ?? binaryInt16(build),
  TANH: tableOf,
  TRANSPOSE_CONV: transposeConv,
};
