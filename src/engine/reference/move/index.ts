import type { KernelTable } from '../table';

/** Data movement, for every dtype: outputs are inputs' elements in another order. */
export const moveKernels: KernelTable = {};
