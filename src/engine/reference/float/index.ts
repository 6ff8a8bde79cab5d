import type { KernelTable } from '../table';

/** float32 kernels, and the integer arithmetic of shape computations. */
export const floatKernels: KernelTable = {};
