/**
 * Integer kernels that define what is right: bit for bit the TFLite runtime's
 * (docs/bit-exactness.md). A factory gives undefined for sites that are neither integer nor hybrid.
 */
import type { KernelFactory } from '../../engine';
import { joined, lookUp } from '../table';
import { batchMatmulKernels } from './batchMatmul';
import { binaryKernels } from './binary';
import { compareKernels } from './compare';
import { convertKernels } from './convert';
import { convolutionKernels } from './convolution';
import { embeddingKernels } from './embedding';
import { fullyConnectedKernels } from './fullyConnected';
import { hybridKernels } from './hybrid';
import { hybridBatchMatmulKernels } from './hybridBatchMatmul';
import { lookupKernels } from './lookup';
import { normalizeKernels } from './normalize';
import { padKernels } from './pad';
import { poolKernels } from './pool';
import { preluKernels } from './prelu';
import { reduceKernels } from './reduce';
import { resizeKernels } from './resize';
import { softmaxKernels } from './softmax';
import { transposeConvKernels } from './transposeConv';
import { int16Kernels } from '../int16';

export const integerKernels = joined(
  batchMatmulKernels,
  binaryKernels,
  compareKernels,
  convertKernels,
  convolutionKernels,
  fullyConnectedKernels,
  lookupKernels,
  normalizeKernels,
  padKernels,
  poolKernels,
  preluKernels,
  reduceKernels,
  resizeKernels,
  softmaxKernels,
  transposeConvKernels,
);
/** Float activations, int8 weights (dynamic range). */
export const hybridTables = joined(hybridBatchMatmulKernels, hybridKernels, embeddingKernels);

/** The integer (or hybrid) kernel of a site, or undefined. */
export const integerKernel: KernelFactory = (site) =>
  lookUp([integerKernels, int16Kernels, hybridTables], site);
