/** Which sites a move takes: those whose outputs are stored as what is moved. */
import type { KernelFactory } from '../../engine';

/** What is moved has one storage type before and after. */
export const moves =
  (factory: KernelFactory, position = 0): KernelFactory =>
  (site) => {
    const moved = site.inputs[position];
    if (!moved || site.outputs.some((output) => output.dtype !== moved.dtype)) return undefined;
    return factory(site);
  };
