/** Ops with a WASM kernel. To add one: a factory in this folder and a line here. */
import type { OpName } from '../../../model/ops';
import type { WasmFactory } from '../build';
import { conv2d } from './convolution';
import { depthwiseConv2d } from './depthwise';
import { fullyConnected } from './fullyConnected';

export const wasmKernels: Partial<Record<OpName, WasmFactory>> = {
  CONV_2D: conv2d,
  DEPTHWISE_CONV_2D: depthwiseConv2d,
  FULLY_CONNECTED: fullyConnected,
};
