import type { H5Module } from '../../../node_modules/h5wasm/src/hdf5_util_helpers';

/** A fresh WebAssembly instance of the HDF5 library. */
export default function createH5Module(options: object): Promise<H5Module>;
export type { H5Module, Metadata } from '../../../node_modules/h5wasm/src/hdf5_util_helpers';
