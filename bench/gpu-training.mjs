/**
 * node bench/gpu-training.mjs FOLDER DAWN.NODE: packs what times training steps on WASM and WebGPU in node
 * into a folder that needs nothing else but node 20: `sh FOLDER/run.sh` prints JSON. DAWN.NODE is that of npm
 * `webgpu`; it is looked for a GPU by the machine's own Vulkan (VK_ICD_FILENAMES chooses a driver).
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'vite';
import { prepare } from '../scripts/prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [target, dawn] = process.argv.slice(2);
if (!target || !dawn) {
  console.error('node bench/gpu-training.mjs FOLDER DAWN.NODE');
  process.exit(2);
}
const folder = resolve(target);

const models = [
  ['dense', join(root, 'public/samples/mnist-dense.h5'), join(root, 'public/samples/mnist.npz')],
  [
    'mobilenet',
    join(root, 'public/samples/mnist-mobilenet.keras'),
    join(root, 'public/samples/mnist.npz'),
  ],
  [
    'resnet8',
    join(root, '../shared/models/mlperf-tiny/resnet8.h5'),
    join(root, '../shared/data/cifar10/cifar10_1000.npz'),
  ],
].filter((paths) => paths.slice(1).every((path) => existsSync(path)));

await prepare();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'error',
  build: {
    ssr: 'bench/training/main.ts',
    outDir: folder,
    target: 'node20',
    minify: true,
    rollupOptions: { output: { entryFileNames: 'main.mjs', format: 'es' } },
  },
  resolve: { mainFields: ['module', 'main'] },
  ssr: { noExternal: true },
});
copyFileSync(
  join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'),
  join(folder, 'tfjs-backend-wasm-simd.wasm'),
);
const cases = models.map(([name, model, data]) => {
  const files = [`${name}.${model.split('.').pop()}`, `${name}.npz`];
  copyFileSync(model, join(folder, files[0]));
  copyFileSync(data, join(folder, files[1]));
  return files;
});
writeFileSync(
  join(folder, 'dawn.node.br'),
  brotliCompressSync(readFileSync(dawn), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
  }),
);
copyFileSync(join(root, 'bench/training/all.mjs'), join(folder, 'all.mjs'));
writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases));
writeFileSync(
  join(folder, 'run.sh'),
  `#!/bin/sh
# Training steps, WASM and WebGPU, as JSON on standard output; WebGPU's own words on standard error.
cd "$(dirname "$0")" && exec node all.mjs "$@"
`,
  { mode: 0o755 },
);
