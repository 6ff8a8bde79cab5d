/**
 * npm run bench [-- MODEL…] [--threads 1,2] [--peers litert,ort,tfjs] [--schemes int8,float32]
 *                [--launches 3] [--seconds 2] [--layers] [--build dot16] [--json FILE] [--write]
 * Whole models, our engine against others in one browser: each in a page of its own, blocks of each in turn.
 * Every figure is the median over the launches of a launch's median; ratios are taken per launch.
 * MODEL: a file, or the name of a made one (bench/mobilenet.ts). --write puts the table into
 * docs/performance.md. --least: the fastest block instead of the median one, in blocks of a third, where others use
 * the machine too. --build: our kernels in this build (usdot, sdot, dot16) instead of the fastest.
 */
import { chromium as browsers } from '@playwright/test';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { buildPage } from './build.mjs';
import { layerText, table, write } from './text.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const made = ['MobileNetV1-0.25-96', 'MobileNetV2-224'];
const files = [
  ...['mnist-dense.h5', 'mnist-mobilenet.keras'].map((name) => join('public/samples', name)),
  ...['resnet8.h5', 'vww_96.h5', 'kws_int8.tflite', 'ad01.h5'].map((name) =>
    join('../shared/models/mlperf-tiny', name),
  ),
].map((path) => join(root, path));

/** Peers that could be asked for, and why one is not here. */
const absent = {
  ort: 'onnxruntime-web is not a dependency (over 100 MB installed): no figures of it.',
  tfjs: 'tfjs-wasm runs no .tflite and holds no int8 kernels: no figures of it.',
};

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1,2' },
    peers: { type: 'string', default: 'litert' },
    schemes: { type: 'string', default: '' },
    launches: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    layers: { type: 'boolean', default: false },
    build: { type: 'string' },
    least: { type: 'boolean', default: false },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const usual = (values) => (options.least ? Math.min(...values) : median(values));
const BLOCK_MS = options.least ? 20 : 60;
const REST_MS = 5;
const LEAST_BLOCKS = 5;

async function openPage(browser, address) {
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction(() => globalThis.ask !== undefined);
  const ask = (request) => page.evaluate((asked) => globalThis.ask(asked), request);
  return { page, ask };
}

function difference(ours, theirs) {
  let largest = 0;
  let most = 0;
  ours.forEach((output, at) => {
    Object.values(output).forEach((value, i) => {
      largest = Math.max(largest, Math.abs(value));
      most = Math.max(most, Math.abs(value - theirs[at][i]));
    });
  });
  return most / (largest || 1);
}

/** Blocks of every page in turn; a page's threads rest before the next begins. */
async function inTurn(asks, seconds) {
  const blocks = asks.map(() => []);
  const start = performance.now();
  while (blocks[0].length < LEAST_BLOCKS || performance.now() - start < 1000 * seconds) {
    for (const [i, ask] of asks.entries()) {
      blocks[i].push(await ask({ kind: 'block', ms: BLOCK_MS }));
      await new Promise((done) => setTimeout(done, REST_MS));
    }
  }
  return blocks.map(usual);
}

async function measure(browser, address, model, scheme, threads) {
  const variant = options.build;
  const request = { model, scheme, threads, variant, litert: `${address}litert/` };
  const ours = await openPage(browser, address);
  const litert = asked.includes('litert') ? await openPage(browser, address) : undefined;
  try {
    const opened = await ours.ask({ kind: 'open', request: { ...request, side: 'ours' } });
    if (typeof opened === 'string') throw new Error(opened);
    const peer = await litert?.ask({ kind: 'open', request: { ...request, side: 'litert' } });
    const refusal = typeof peer === 'string' ? peer : undefined;
    const compared = peer !== undefined && refusal === undefined;
    const asks = compared ? [ours.ask, litert.ask] : [ours.ask];
    const [mine, theirs] = await inTurn(asks, Number(options.seconds));
    const layers = options.layers ? await ours.ask({ kind: 'layers' }) : undefined;
    if (typeof layers === 'string') throw new Error(layers);
    return {
      model: model.made ?? model.name,
      scheme,
      threads,
      engine: opened.label,
      ours: mine,
      theirs,
      refusal,
      difference: compared ? difference(opened.outputs, peer.outputs) : undefined,
      ...layers,
    };
  } finally {
    await ours.page.close();
    await litert?.page.close();
  }
}

async function launch(address, models) {
  const browser = await browsers.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const results = [];
    const wanted = options.schemes === '' ? undefined : options.schemes.split(',');
    for (const model of models) {
      const first = await openPage(browser, address);
      const schemes = await first.ask({ kind: 'schemes', model });
      await first.page.close();
      if (typeof schemes === 'string') throw new Error(schemes);
      for (const scheme of schemes.filter((one) => !wanted || wanted.includes(one)))
        for (const threads of options.threads.split(',').map(Number))
          results.push(await measure(browser, address, model, scheme, threads));
    }
    return { version: browser.version(), results };
  } finally {
    await browser.close();
  }
}

/** Launches → one row per model, scheme and number of threads. */
function rows(launches) {
  return launches[0].results.map((first, i) => {
    const all = launches.map(({ results }) => results[i]);
    const isCompared = all.every(({ theirs }) => theirs !== undefined);
    return {
      ...first,
      ours: median(all.map((one) => one.ours)),
      theirs: isCompared ? median(all.map((one) => one.theirs)) : undefined,
      ratios: isCompared ? all.map((one) => one.theirs / one.ours) : [],
    };
  });
}

const asked = options.peers.split(',');
for (const peer of asked) if (absent[peer]) console.log(absent[peer]);
const names = positionals.length > 0 ? positionals : [...files, ...made];
const missing = names.filter((name) => !made.includes(name) && !existsSync(resolve(name)));
for (const name of missing) console.log(`${basename(name)} is not here: left out.`);
const models = names.filter((name) => !missing.includes(name));
const paths = models.filter((name) => !made.includes(name)).map((name) => resolve(name));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  await buildPage(folder, paths);
  const { server, address } = await serve(0, { folder });
  const asModel = (name) =>
    made.includes(name)
      ? { made: name }
      : { name: basename(name), url: `${address}model${paths.indexOf(resolve(name))}` };
  const launches = [];
  for (let i = 0; i < Number(options.launches); i++)
    launches.push(await launch(address, models.map(asModel)));
  server.close();
  const found = rows(launches);
  const about = `${cpus()[0].model.trim()}, ${cpus().length} cores; Chromium ${launches[0].version}; ${found[0].engine.replace(/, \d+ threads?.*/, '')}; medians of ${launches.length} launches (least–most).`;
  console.log(`${about}\n\n${table(found, true)}`);
  for (const { model, scheme, refusal } of found)
    if (refusal) console.log(`\n${model}, ${scheme}: ${refusal}`);
  for (const one of found) if (one.layers) console.log(layerText(one));
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ about, rows: found }, undefined, 1)}\n`);
  if (options.write) write(join(root, 'docs/performance.md'), `${about}\n\n${table(found, false)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
