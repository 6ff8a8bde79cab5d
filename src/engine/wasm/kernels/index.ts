/** Ops with a WASM kernel. To add one: a factory in this folder and a line here. */
import type { OpName } from '../../../model/ops';
import type { WasmFactory } from '../build';
import { conv2d } from './convolution';
import { fullyConnected } from './fullyConnected';

export const wasmKernels: Partial<Record<OpName, WasmFactory>> = {
  CONV_2D: conv2d,
  FULLY_CONNECTED: fullyConnected,
};
