/** Types of h5module.js. */
import type { H5Module } from '../../../node_modules/h5wasm/src/hdf5_util_helpers';

/**
 * A fresh WebAssembly instance of the HDF5 library (20 MB of memory to start with).
 *
 * @param maxBytes what its memory may grow to; allocations beyond fail
 */
export default function createH5Module(maxBytes: number): Promise<H5Module>;
export type { H5Module, Metadata } from '../../../node_modules/h5wasm/src/hdf5_util_helpers';
