/** The reference backend: plain TypeScript, runs everywhere, defines what is right. */
import type { Backend, Kernel, KernelSite } from '../engine';
import { createExecutable } from '../executor';
import { floatKernels } from './float';
import { integerKernel } from './int';
import { moveKernels } from './move';
import { lookUp } from './table';

const tables = [moveKernels, floatKernels];

/** The reference kernel of a site; undefined where there is none. Other backends fall back on it. */
export function referenceKernel(site: KernelSite): Kernel | undefined {
  return integerKernel(site) ?? lookUp(tables, site);
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
