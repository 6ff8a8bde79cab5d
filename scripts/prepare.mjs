/**
 * Everything that is made rather than committed: the WASM kernels, the sample digits, the wasm files of
 * LiteRT.js and TF.js beside the page. Quick when nothing changed.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWasm } from './build-wasm.mjs';
import { makeDigits } from './make-digits.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Also made again when the script that makes it is newer. */
function digits() {
  const file = join(root, 'public/samples/mnist.npz');
  const script = join(root, 'scripts/make-digits.mjs');
  if (!existsSync(file) || statSync(file).mtimeMs < statSync(script).mtimeMs) makeDigits(file);
}

/**
 * LiteRT.js' builds: those of one thread, and the one with threads for "Measure this device", which starts its
 * threads from the glue as it comes. The glue is a classic script that sets a variable; module workers
 * import it, so an export is added (see src/jobs/litert.ts).
 */
function litert() {
  const from = join(dirname(require.resolve('@litertjs/core/package.json')), 'wasm');
  const to = join(root, 'public/litert');
  mkdirSync(to, { recursive: true });
  const threads = 'litert_wasm_threaded_internal';
  copyFileSync(join(from, `${threads}.js`), join(to, `${threads}.js`));
  for (const name of ['litert_wasm_internal', 'litert_wasm_compat_internal', threads]) {
    const wasm = join(to, `${name}.wasm`);
    const source = join(from, `${name}.wasm`);
    if (!existsSync(wasm) || statSync(wasm).size !== statSync(source).size)
      copyFileSync(source, wasm);
    const glue = readFileSync(join(from, `${name}.js`), 'utf8');
    writeFileSync(join(to, `${name}.mjs`), `${glue}\nexport default ModuleFactory;\n`);
  }
}

/** TF.js' single-threaded SIMD build; threads need blob: workers, which the page's CSP refuses. */
function tfjs() {
  const name = 'tfjs-backend-wasm-simd.wasm';
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  const source = join(folder, 'dist', name);
  const target = join(root, 'public/tfjs', name);
  mkdirSync(dirname(target), { recursive: true });
  if (!existsSync(target) || statSync(target).size !== statSync(source).size)
    copyFileSync(source, target);
}

export async function prepare() {
  await buildWasm();
  digits();
  litert();
  tfjs();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare();
