/**
 * Reads changed files until the time is over: npm run fuzz -- [--minutes N] [--seed N] [READER…]
 *
 * N minutes for each reader (1 when nothing is said), each in a child process that is ended where one case
 * takes longer than 20 s or the process grows beyond 1.5 GiB. A fault is printed with its reader, seed and
 * number, which go into src/testing/fuzz/regressions.json once mended. The figures with the commit that they
 * were made on: build/fuzz.json.
 */
import { spawn, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { numbersOf } from './options.mjs';
import { prepare } from './prepare.mjs';

const CASE_MS = 20_000;
const MOST_BYTES = 1.5 * 2 ** 30;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Cases and faults of one reader until `until`, over as many processes as it takes. */
async function fuzz(entry, reader, seed, until) {
  const found = { cases: 0, read: 0, refused: 0, slowestMs: 0, mostBytes: 0, faults: [] };
  const fault = (number, why) => {
    found.faults.push({ reader, seed, number, why });
    console.error(`${reader}, seed ${seed}, case ${number}: ${why}`);
  };
  for (let first = 0; Date.now() < until && found.faults.length < 20;) {
    first = await new Promise((resolve) => {
      const child = spawn(
        process.execPath,
        ['--max-old-space-size=1024', entry, reader, String(seed), String(first)],
        { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let under = first;
      let next = first;
      let errors = '';
      let over = false;
      let watchdog;
      const end = (why) => {
        if (over) return;
        over = true;
        if (why) fault(under, why);
        child.kill('SIGKILL');
      };
      child.stderr.on('data', (text) => (errors = (errors + text).slice(-2000)));
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (over) return;
        const said = JSON.parse(line);
        clearTimeout(watchdog);
        if (said.begin !== undefined) {
          under = said.begin;
          next = under + 1;
          watchdog = setTimeout(() => end(`took longer than ${CASE_MS / 1000} s`), CASE_MS);
          return;
        }
        found.cases += 1;
        found.slowestMs = Math.max(found.slowestMs, said.ms);
        found.mostBytes = Math.max(found.mostBytes, said.rss);
        if (said.kind === 'fault') fault(said.number, said.why);
        else found[said.kind] += 1;
        if (said.rss > MOST_BYTES) end(`grew to ${Math.round(said.rss / 2 ** 20)} MiB`);
        if (Date.now() >= until || found.faults.length >= 20) end();
      });
      child.on('close', (code, signal) => {
        clearTimeout(watchdog);
        if (!over) fault(under, `the process ended (${signal ?? code}): ${errors.trim()}`);
        resolve(next);
      });
    });
  }
  return found;
}

const {
  minutes,
  seed,
  others: asked,
  wrong,
} = numbersOf('npm run fuzz -- [--minutes N] [--seed N] [READER…]', { minutes: 1, seed: 1 });
await prepare();
// Below the repository: packages are found from there.
const folder = join(root, `build/fuzz-${process.pid}`);
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim();
const commit =
  git('rev-parse', 'HEAD') + (git('status', '--porcelain', 'src') ? ' and changes' : '');
const made = new Date().toISOString().slice(0, 10);
try {
  await build({
    root,
    configFile: join(root, 'vite.cli.config.ts'),
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      rollupOptions: { input: { fuzz: join(root, 'src/testing/fuzz/child.ts') } },
    },
  });
  const entry = join(folder, 'fuzz.mjs');
  const listed = await new Promise((resolve) => {
    const child = spawn(process.execPath, [entry], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    child.on('close', () => resolve(JSON.parse(text).readers));
  });
  const unknown = asked.find((name) => !listed.includes(name));
  if (unknown) wrong(`There is no reader ${unknown}. There are ${listed.join(', ')}.`);
  let faults = 0;
  const rows = [];
  console.log('| reader | cases | read | refused | faults | slowest case | largest process |');
  console.log('|---|---|---|---|---|---|---|');
  for (const reader of asked.length > 0 ? asked : listed) {
    const found = await fuzz(entry, reader, seed, Date.now() + minutes * 60_000);
    faults += found.faults.length;
    rows.push({ reader, ...found });
    const figures = { commit, made, node: process.version, minutes, seed, rows };
    writeFileSync(join(root, 'build/fuzz.json'), `${JSON.stringify(figures, null, 2)}\n`);
    const mib = Math.round(found.mostBytes / 2 ** 20);
    console.log(
      `| ${reader} | ${found.cases} | ${found.read} | ${found.refused} | ${found.faults.length} | ${found.slowestMs} ms | ${mib} MiB |`,
    );
  }
  process.exitCode = faults > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
