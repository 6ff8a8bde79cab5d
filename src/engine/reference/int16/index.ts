/** Kernels with int16 activations and int8 or int4 weights (16x8): bit for bit the current LiteRT's. */
import { joined } from '../table';
import { elementwiseKernels } from './elementwise';
import { linearKernels } from './linear';
import { lookupKernels } from './lookup';
import { poolKernels } from './pool';

export const int16Kernels = joined(elementwiseKernels, linearKernels, lookupKernels, poolKernels);
