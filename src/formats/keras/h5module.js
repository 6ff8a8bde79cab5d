// The module that h5wasm's build generates; the package exports only its high-level API.
export { default } from '../../../node_modules/h5wasm/dist/esm/hdf5_util.js';
