/** The bench's page, with LiteRT.js' files and the models beside it. */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { prepare } from '../scripts/prepare.mjs';

const require = createRequire(import.meta.url);

/** @param ort folder of the onnxruntime-web package, where there is one */
export async function buildPage(folder, models, ort) {
  await prepare();
  await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    configFile: false,
    base: './',
    publicDir: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { target: 'es2022', outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 5000 },
  });
  const from = join(dirname(require.resolve('@litertjs/core/package.json')), 'wasm');
  mkdirSync(join(folder, 'litert'));
  for (const name of ['litert_wasm_internal', 'litert_wasm_threaded_internal']) {
    copyFileSync(join(from, `${name}.wasm`), join(folder, 'litert', `${name}.wasm`));
    copyFileSync(join(from, `${name}.js`), join(folder, 'litert', `${name}.js`));
    const glue = readFileSync(join(from, `${name}.js`), 'utf8');
    writeFileSync(
      join(folder, 'litert', `${name}.mjs`),
      `${glue}\nexport default ModuleFactory;\n`,
    );
  }
  mkdirSync(join(folder, 'tfjs'));
  const wasm = 'tfjs-backend-wasm-simd.wasm';
  const tfjs = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  copyFileSync(join(tfjs, 'dist', wasm), join(folder, 'tfjs', wasm));
  if (ort) {
    mkdirSync(join(folder, 'ort'));
    for (const name of readdirSync(join(ort, 'dist')))
      if (/^(ort\.wasm\.min\.mjs|ort-wasm-simd-threaded\.(wasm|mjs))$/.test(name))
        copyFileSync(join(ort, 'dist', name), join(folder, 'ort', name));
  }
  models.forEach((model, i) => copyFileSync(model, join(folder, `model${i}`)));
}
