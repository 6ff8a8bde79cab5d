/** Backends of TF.js in node, for tests. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Folder of tfjs-backend-wasm's files, with its slash. */
export const wasmPath = `${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist')}/`;
