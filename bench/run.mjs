/**
 * npm run bench -- [MODEL…] [--launches 3] [--seconds 2] [--layers] [--write]
 * Whole models, our engine against LiteRT.js in one browser, one thread each (bench/worker.ts).
 * Every figure is the median over the launches of a launch's median; ratios are taken per launch.
 * --write puts the ratios into docs/performance.md.
 */
import { chromium as browsers } from '@playwright/test';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { chromium } from '../scripts/chromium.mjs';
import { prepare } from '../scripts/prepare.mjs';
import { serve } from '../scripts/serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const samples = ['mnist-dense.h5', 'mnist-mobilenet.keras'].map((name) =>
  join(root, 'public/samples', name),
);
const shared = [
  'resnet8.h5',
  'resnet8_int8.tflite',
  'vww_96.h5',
  'vww_96_int8.tflite',
  'kws_hybrid.tflite',
  'kws_int8.tflite',
  'ad01.h5',
  'str_ww_ref_model.h5',
].map((name) => join(root, '../shared/models/mlperf-tiny', name));

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    launches: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    layers: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function buildPage(folder, models) {
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
  mkdirSync(join(folder, 'litert'));
  for (const name of ['litert_wasm_internal', 'litert_wasm_compat_internal'])
    for (const end of ['wasm', 'mjs'])
      copyFileSync(
        join(root, 'public/litert', `${name}.${end}`),
        join(folder, 'litert', `${name}.${end}`),
      );
  models.forEach((model, i) => copyFileSync(model, join(folder, `model${i}`)));
}

async function launch(address, models) {
  const browser = await browsers.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    const results = [];
    for (const [i, model] of models.entries()) {
      const request = {
        name: basename(model),
        url: `${address}model${i}`,
        litert: `${address}litert/`,
        budgetMs: 1000 * Number(options.seconds),
        layers: options.layers,
      };
      results.push(...(await page.evaluate((asked) => globalThis.bench(asked), request)));
    }
    return { version: browser.version(), results };
  } finally {
    await browser.close();
  }
}

const milliseconds = (ms) => (ms === undefined ? '–' : ms.toFixed(ms < 1 ? 3 : 2));

/** Launches → one row per model and scheme. */
function rows(launches) {
  return launches[0].results.map((first, i) => {
    const all = launches.map(({ results }) => results[i]);
    const theirs = first.theirs === undefined ? undefined : median(all.map((one) => one.theirs));
    const ratios = theirs === undefined ? [] : all.map((one) => one.theirs / one.ours);
    return { ...first, ours: median(all.map((one) => one.ours)), theirs, ratios };
  });
}

const engines = { ours: 'ours, ms', theirs: 'LiteRT.js, ms' };

/** `timed`: with milliseconds; else ratios only, which a busy machine disturbs less. */
function table(found, timed) {
  const spread = (ratios) => `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const columns = timed ? Object.keys(engines) : [];
  const head = ['model', 'scheme', ...columns.map((key) => engines[key])];
  const lines = found.map((row) => {
    const { model, scheme, ratios, difference } = row;
    const ratio = ratios.length > 0 ? `${median(ratios).toFixed(2)} (${spread(ratios)})` : '–';
    const same = difference === 0 ? 'identical' : difference?.toExponential(0);
    const times = columns.map((key) => milliseconds(row[key]));
    return [model, scheme, ...times, ratio, same ?? 'refused'];
  });
  const all = [[...head, 'LiteRT.js / ours', 'largest difference'], ...lines];
  all.splice(1, 0, Array(all[0].length).fill('---'));
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function printLayers(found) {
  for (const { model, scheme, layers } of found) {
    const total = layers.reduce((sum, { ms }) => sum + ms, 0);
    console.log(`\n${model}, ${scheme}: ${milliseconds(total)} ms in layers`);
    for (const { node, op, ms } of layers)
      console.log(
        `${(1000 * ms).toFixed(1).padStart(10)} µs ${((100 * ms) / total).toFixed(1).padStart(5)} %  ${op}  ${node.slice(-60)}`,
      );
  }
}

const marks = ['<!-- bench -->', '<!-- /bench -->'];

function write(text) {
  const path = join(root, 'docs/performance.md');
  const page = readFileSync(path, 'utf8');
  const [from, to] = marks.map((mark) => page.indexOf(mark));
  writeFileSync(path, `${page.slice(0, from + marks[0].length)}\n\n${text}\n\n${page.slice(to)}`);
}

const models = (
  positionals.length > 0 ? positionals.map((path) => resolve(path)) : [...samples, ...shared]
).filter((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  await buildPage(folder, models);
  const { server, address } = await serve(0, { folder });
  const launches = [];
  for (let i = 0; i < Number(options.launches); i++) launches.push(await launch(address, models));
  server.close();
  const found = rows(launches);
  const about = `${cpus()[0].model.trim()}, ${cpus().length} cores; Chromium ${launches[0].version}; ${found[0].engine}; medians of ${launches.length} launches (least–most).`;
  console.log(`${about}\n\n${table(found, true)}`);
  for (const { model, scheme, refusal } of found)
    if (refusal) console.log(`\n${model}, ${scheme}: ${refusal}`);
  if (options.layers) printLayers(found);
  if (options.write) write(`${about}\n\n${table(found, false)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
