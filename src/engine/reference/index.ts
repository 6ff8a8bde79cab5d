/** The reference backend: plain TypeScript, runs everywhere, defines what is right. */
import type { KnownOp } from '../../model/ops';
import type { Backend, Kernel, KernelFactory, KernelSite } from '../engine';
import { createExecutable } from '../executor';
import { floatKernels } from './float';
import type { integerKernels } from './int';
import { integerKernel } from './int';
import { moveKernels } from './move';
import { joined, lookUp } from './table';

/** Every operator is computed in some type; one without a kernel doesn't compile. */
const kernels: Readonly<Record<KnownOp, KernelFactory>> = joined(moveKernels, floatKernels);

type Moved = keyof typeof moveKernels;
type Integer = keyof typeof integerKernels;

/**
 * The operators that a kernel computes in `float`, but none on int8: `float only`, because the runtime
 * has none that is reproduced here, `stored`, because the elements are compared or chosen as they are
 * stored, `logic`, because there are only truth values. One that is in no table doesn't compile.
 */
export const withoutInteger: Readonly<
  Record<Exclude<KnownOp, Moved | Integer>, 'float only' | 'stored' | 'logic'>
> = {
  ARG_MAX: 'stored',
  ARG_MIN: 'stored',
  CAST: 'stored',
  CEIL: 'float only',
  COS: 'float only',
  CUMSUM: 'float only',
  DIV: 'float only',
  EXP: 'float only',
  FLOOR: 'float only',
  FLOOR_DIV: 'float only',
  FLOOR_MOD: 'float only',
  L2_POOL_2D: 'float only',
  LOG: 'float only',
  LOGICAL_AND: 'logic',
  LOGICAL_NOT: 'logic',
  LOGICAL_OR: 'logic',
  NEG: 'float only',
  POW: 'float only',
  REDUCE_ALL: 'logic',
  REDUCE_ANY: 'logic',
  REDUCE_PROD: 'float only',
  ROUND: 'float only',
  SELECT: 'stored',
  SELECT_V2: 'stored',
  SIGN: 'float only',
  SIN: 'float only',
  SQRT: 'float only',
  SQUARE: 'float only',
};

/** The reference kernel of a site; undefined where there is none. Other backends fall back on it. */
export function referenceKernel(site: KernelSite): Kernel | undefined {
  return integerKernel(site) ?? lookUp([kernels], site);
}

export function createReferenceBackend(): Backend {
  return {
    id: 'reference',
    label: 'Reference, plain TypeScript, 1 thread',
    async prepare(graph, options) {
      return createExecutable(graph, referenceKernel, options);
    },
  };
}
