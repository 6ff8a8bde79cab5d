/**
 * Figures of the docs that others' tools give: npm run reference -- NAME.
 * Writes docs/reference/NAME.json with the commit and every version that took part. Needs a Python with
 * scripts/reference/requirements.txt: INTACT_PYTHON, else python3.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each a module with run({ root, folder, python, load }): { versions, rows, … }, plain data. */
const references = {
  targets: './reference/targets.mjs',
};

const [name] = process.argv.slice(2);
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

const vite = await createServer({
  root,
  configFile: false,
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
/** A TypeScript module of the repository. */
const load = (path) => vite.ssrLoadModule(path);

const folder = mkdtempSync(join(tmpdir(), 'intact-reference-'));
try {
  const { run } = await import(references[name]);
  const { versions, ...figures } = await run({ root, folder, python, load });
  const commit =
    git('rev-parse', 'HEAD') + (git('status', '--porcelain', 'src') ? ' and changes' : '');
  const made = new Date().toISOString().slice(0, 10);
  const report = {
    name,
    commit,
    made,
    versions: { node: process.version, ...versions },
    ...figures,
  };
  mkdirSync(join(root, 'docs/reference'), { recursive: true });
  const path = join(root, `docs/reference/${name}.json`);
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  console.log(path);
} finally {
  await vite.close();
  rmSync(folder, { recursive: true, force: true });
}
