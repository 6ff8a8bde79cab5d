/** Tables of kernels by operator, and how they are put together. */
import type { OpName } from '../../model/ops';
import type { Kernel, KernelFactory, KernelSite } from '../engine';

/** Kernels by operator; a factory gives undefined for the sites (types) that it doesn't do. */
export type KernelTable = Readonly<Partial<Record<OpName, KernelFactory>>>;

type KeysOf<T> = T extends unknown ? keyof T : never;

/** One table of several. Throws where two of them name the same operator. */
export function joined<T extends readonly KernelTable[]>(
  ...tables: T
): Readonly<Record<KeysOf<T[number]> & OpName, KernelFactory>> {
  const all: Partial<Record<OpName, KernelFactory>> = {};
  for (const table of tables) {
    for (const op of Object.keys(table) as OpName[]) {
      if (all[op]) throw new Error(`${op} stands in two tables of kernels.`);
      all[op] = table[op];
    }
  }
  return all as Record<KeysOf<T[number]> & OpName, KernelFactory>;
}

/** A factory for every operator of `own`: `make` is given the operator's own entry. */
export function byOperator<K extends OpName, T>(
  own: Readonly<Record<K, T>>,
  make: (site: KernelSite, own: T) => Kernel | undefined,
): Readonly<Record<K, KernelFactory>> {
  const table = {} as Record<K, KernelFactory>;
  for (const op of Object.keys(own) as K[]) table[op] = (site) => make(site, own[op]);
  return table;
}

/** The kernel of the first table that does the site. */
export function lookUp(tables: readonly KernelTable[], site: KernelSite): Kernel | undefined {
  for (const table of tables) {
    const kernel = table[site.node.op]?.(site);
    if (kernel) return kernel;
  }
  return undefined;
}
