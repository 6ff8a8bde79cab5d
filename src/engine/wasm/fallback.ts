import type { KernelFactory } from '../engine';
import { referenceKernel } from '../reference';
import { integerKernel } from '../reference/int';

/** What runs where there is no WASM kernel, and what the WASM kernels must equal. */
export const fallback: KernelFactory = (site) => referenceKernel(site) ?? integerKernel(site);
