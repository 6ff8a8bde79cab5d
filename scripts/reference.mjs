/**
 * Figures of the docs that others' tools give: npm run reference -- NAME [PART…].
 * Writes docs/reference/NAME.json with the commit and every version that took part. Needs a Python with
 * scripts/reference/requirements.txt: INTACT_PYTHON, else python3. Parts that are not named keep what the
 * file has of them, with the commit that they were measured on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, createServer, loadConfigFromFile } from 'vite';
import { prepare } from './prepare.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Each a module with run({ root, folder, python, load, bundle, stamp, parts, previous }): { versions,
 * rows, … }, plain data.
 */
const references = {
  dial: './reference/dial.mjs',
  repair: './reference/repair.mjs',
  targets: './reference/targets.mjs',
  converter40: './reference/converter40.mjs',
  training: './reference/training.mjs',
  findings: './reference/findings.mjs',
};

const [name, ...parts] = process.argv.slice(2);
if (!Object.hasOwn(references, name ?? '')) {
  console.error(`npm run reference -- ${Object.keys(references).join(' | ')}`);
  process.exit(2);
}

function python(args) {
  const env = { CUDA_VISIBLE_DEVICES: '-1', TF_CPP_MIN_LOG_LEVEL: '3', ...process.env };
  const command = process.env.INTACT_PYTHON ?? 'python3';
  const { status, error, stderr } = spawnSync(command, args, {
    env,
    stdio: ['ignore', 'inherit', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(error?.message ?? stderr.slice(-4000));
}

const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim();

const path = join(root, `docs/reference/${name}.json`);
const previous = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
const stamp = () => ({
  commit: git('rev-parse', 'HEAD') + (git('status', '--porcelain', 'src') ? ' and changes' : ''),
  made: new Date().toISOString().slice(0, 10),
});

let server;
/** A TypeScript module of the repository. */
async function load(file) {
  server ??= await createServer({
    root,
    configFile: false,
    appType: 'custom',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  });
  return server.ssrLoadModule(file);
}

/** TypeScript modules of the repository bundled for node as the command-line twin is, TF.js and all. */
async function bundle(files) {
  const outDir = join(root, 'dist-cli/reference');
  const { config } = await loadConfigFromFile(
    { command: 'build', mode: 'production' },
    join(root, 'vite.cli.config.ts'),
  );
  const { output } = config.build.rollupOptions;
  await build({
    ...config,
    ...{ root, configFile: false, logLevel: 'error' },
    build: {
      ...config.build,
      ...{ outDir, emptyOutDir: true },
      rollupOptions: { input: files.map((file) => join(root, file)), output },
    },
  });
  return outDir;
}

await prepare();
const folder = mkdtempSync(join(tmpdir(), 'intact-reference-'));
try {
  const { run } = await import(references[name]);
  const made = await run({ root, folder, python, load, bundle, stamp, parts, previous });
  const { versions, ...figures } = made;
  const report = { name, ...stamp(), versions: { node: process.version, ...versions }, ...figures };
  mkdirSync(join(root, 'docs/reference'), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  console.log(path);
} finally {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}
