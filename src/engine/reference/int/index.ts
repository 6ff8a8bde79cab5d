/**
 * Integer kernels that define what is right: bit for bit the TFLite runtime's
 * (docs/bit-exactness.md). A new kernel: one file, one line here.
 */
import type { KernelFactory } from '../../engine';
import type { OpName } from '../../../model/ops';
import { batchMatmul } from './batchMatmul';
import { binary } from './binary';
import { compare } from './compare';
import { conv2d, depthwiseConv2d } from './convolution';
import { dequantize, quantize } from './convert';
import { embeddingLookup } from './embedding';
import { fullyConnected } from './fullyConnected';
import { hybridConv2d, hybridDepthwiseConv2d, hybridFullyConnected } from './hybrid';
import { hybridBatchMatmul } from './hybridBatchMatmul';
import { lookup } from './lookup';
import { l2Normalization, logSoftmax } from './normalize';
import { pad } from './pad';
import { pool2d } from './pool';
import { prelu } from './prelu';
import { reduce } from './reduce';
import { resizeBilinear } from './resize';
import { softmax } from './softmax';
import { transposeConv } from './transposeConv';

function first(...factories: readonly KernelFactory[]): KernelFactory {
  return (site) => {
    for (const factory of factories) {
      const kernel = factory(site);
      if (kernel) return kernel;
    }
    return undefined;
  };
}

/** By op. A factory gives undefined for sites that are neither integer nor hybrid. */
export const integerKernels: Readonly<Partial<Record<OpName, KernelFactory>>> = {
  ABS: lookup,
  ADD: binary,
  AVERAGE_POOL_2D: pool2d,
  BATCH_MATMUL: first(batchMatmul, hybridBatchMatmul),
  CONV_2D: first(conv2d, hybridConv2d),
  DEPTHWISE_CONV_2D: first(depthwiseConv2d, hybridDepthwiseConv2d),
  DEQUANTIZE: dequantize,
  ELU: lookup,
  EMBEDDING_LOOKUP: embeddingLookup,
  EQUAL: compare,
  FULLY_CONNECTED: first(fullyConnected, hybridFullyConnected),
  GELU: lookup,
  GREATER: compare,
  GREATER_EQUAL: compare,
  HARD_SWISH: lookup,
  L2_NORMALIZATION: l2Normalization,
  LEAKY_RELU: lookup,
  LESS: compare,
  LESS_EQUAL: compare,
  LOGISTIC: lookup,
  LOG_SOFTMAX: logSoftmax,
  MAXIMUM: binary,
  MAX_POOL_2D: pool2d,
  MEAN: reduce,
  MINIMUM: binary,
  MUL: binary,
  NOT_EQUAL: compare,
  PAD: pad,
  PRELU: prelu,
  QUANTIZE: quantize,
  REDUCE_MAX: reduce,
  REDUCE_MIN: reduce,
  RELU: lookup,
  RELU6: lookup,
  RELU_0_TO_1: lookup,
  RELU_N1_TO_1: lookup,
  RESIZE_BILINEAR: resizeBilinear,
  RSQRT: lookup,
  SOFTMAX: softmax,
  SQUARED_DIFFERENCE: binary,
  SUB: binary,
  SUM: reduce,
  TANH: lookup,
  TRANSPOSE_CONV: transposeConv,
};

/** The integer (or hybrid) kernel of a site, or undefined. */
export const integerKernel: KernelFactory = (site) => integerKernels[site.node.op]?.(site);
