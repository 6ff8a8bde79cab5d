/** float32 kernels, bool logic, and the int32 and int64 arithmetic of shape computations. */
import { joined } from '../table';
import { binaryKernels } from './binary';
import { convKernels } from './conv';
import { convertKernels } from './convert';
import { depthwiseKernels } from './depthwise';
import { logicKernels } from './logic';
import { matmulKernels } from './matmul';
import { poolKernels } from './pool';
import { reduceKernels } from './reduce';
import { resizeKernels } from './resize';
import { softmaxKernels } from './softmax';
import { transposeConvKernels } from './transposeConv';
import { unaryKernels } from './unary';

export const floatKernels = joined(
  binaryKernels,
  convKernels,
  convertKernels,
  depthwiseKernels,
  logicKernels,
  matmulKernels,
  poolKernels,
  reduceKernels,
  resizeKernels,
  softmaxKernels,
  transposeConvKernels,
  unaryKernels,
);
