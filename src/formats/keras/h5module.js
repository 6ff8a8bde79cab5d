/* global WebAssembly */
// Instances of the HDF5 library with a memory of bounded size. h5wasm exports only a high-level API
// around one instance, so the module that its build generates is imported by its path.
import createModule from '../../../node_modules/h5wasm/dist/esm/hdf5_util.js';

const quiet = { noInitialRun: true, print: () => undefined, printErr: () => undefined };

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;

// The library's bytes are embedded in the generated code, which passes them to
// WebAssembly.instantiate and nowhere else: that call is watched once, for the length of one start.
async function compileOnce() {
  const original = WebAssembly.instantiate;
  let module;
  WebAssembly.instantiate = async (...args) => {
    const result = await original.apply(WebAssembly, args);
    if (args[1]?.['GOT.mem']) module = result.module;
    return result;
  };
  try {
    await createModule({ ...quiet });
  } finally {
    WebAssembly.instantiate = original;
  }
  if (!module) throw new Error('the HDF5 library did not start');
  return module;
}

export default async function createH5Module(maxBytes) {
  compiled ??= compileOnce().catch((error) => {
    compiled = undefined;
    throw error;
  });
  const module = await compiled;
  return createModule({
    ...quiet,
    instantiateWasm(imports, receive) {
      const grow = imports.env.emscripten_resize_heap;
      const env = {
        ...imports.env,
        // 0 = refused, as when the machine has no more: malloc then returns null.
        emscripten_resize_heap: (size) => (size >>> 0 > maxBytes ? 0 : grow(size)),
      };
      // Not the asynchronous form: a failure must reach createModule, which waits for `receive`.
      receive(new WebAssembly.Instance(module, { ...imports, env }), module);
      return {};
    },
  });
}
