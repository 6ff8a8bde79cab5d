import type { OpName } from '../../model/ops';
import type { Kernel, KernelFactory, KernelSite } from '../engine';

/** Kernels by operator; a factory gives undefined for the sites (types) that it doesn't do. */
export type KernelTable = Readonly<Partial<Record<OpName, KernelFactory>>>;

/** The kernel of the first table that does the site. */
export function lookUp(tables: readonly KernelTable[], site: KernelSite): Kernel | undefined {
  for (const table of tables) {
    const kernel = table[site.node.op]?.(site);
    if (kernel) return kernel;
  }
  return undefined;
}
