/** Kernels with int16 activations and int8 or int4 weights (16x8): bit for bit the current LiteRT's. */
import { joined } from '../table';
import { elementwiseKernels } from './elementwise';
import { linearKernels } from './linear';
import { lookupKernels } from './lookup';
import { matmulKernels } from './matmul';
import { poolKernels } from './pool';
import { resizeKernels } from './resize';
import { sigmoidKernels } from './sigmoid';

export const int16Kernels = joined(
  elementwiseKernels,
  linearKernels,
  lookupKernels,
  matmulKernels,
  poolKernels,
  resizeKernels,
  sigmoidKernels,
);
