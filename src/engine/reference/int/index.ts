/**
 * Integer kernels that define what is right: bit for bit the TFLite runtime's
 * (docs/bit-exactness.md). A new kernel: one file, one line here.
 */
import type { KernelFactory } from '../../engine';
import type { OpName } from '../../../model/ops';
import { binary } from './binary';
import { conv2d, depthwiseConv2d } from './convolution';
import { dequantize, quantize } from './convert';
import { fullyConnected } from './fullyConnected';
import { pool2d } from './pool';
import { softmax } from './softmax';

/** By op, in the order of trying. They give undefined for sites that are not integer (or hybrid). */
export const integerKernels: Readonly<Partial<Record<OpName, readonly KernelFactory[]>>> = {
  ADD: [binary],
  AVERAGE_POOL_2D: [pool2d],
  CONV_2D: [conv2d],
  DEPTHWISE_CONV_2D: [depthwiseConv2d],
  DEQUANTIZE: [dequantize],
  FULLY_CONNECTED: [fullyConnected],
  MAXIMUM: [binary],
  MAX_POOL_2D: [pool2d],
  MINIMUM: [binary],
  MUL: [binary],
  QUANTIZE: [quantize],
  SOFTMAX: [softmax],
  SQUARED_DIFFERENCE: [binary],
  SUB: [binary],
};

/** The integer (or hybrid) kernel of a site, or undefined. */
export const integerKernel: KernelFactory = (site) => {
  for (const factory of integerKernels[site.node.op] ?? []) {
    const kernel = factory(site);
    if (kernel) return kernel;
  }
  return undefined;
};
