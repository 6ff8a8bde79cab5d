/** npm run -s intact -- COMMAND …: builds the command-line twin when its sources changed, and runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { install } from './install.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, 'dist-cli/main.mjs');

function newest(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce(
    (latest, entry) =>
      entry.isFile()
        ? Math.max(latest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs)
        : latest,
    0,
  );
}

function build() {
  if (existsSync(bundle) && statSync(bundle).mtimeMs >= newest(join(root, 'src'))) return;
  const args = ['vite', 'build', '--config', 'vite.cli.config.ts', '--logLevel', 'error'];
  const { status, stderr } = spawnSync('npx', args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) {
    process.stderr.write(stderr);
    process.exit(1);
  }
}

install();
const { buildWasm } = await import('./build-wasm.mjs');
await buildWasm();
build();
await import(pathToFileURL(bundle).href);
