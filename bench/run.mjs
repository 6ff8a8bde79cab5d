/**
 * npm run bench [-- MODEL…] [--threads 1,2] [--peers litert,ort,tfjs,webgpu] [--ort FOLDER]
 *                [--schemes int8,float32] [--launches 3] [--seconds 2] [--layers] [--build dot16]
 *                [--json FILE] [--write]
 * Whole models, our engine against others in one browser: each in a page of its own, blocks of each in turn.
 * Every figure is the median over the launches of a launch's median; ratios are taken per launch.
 * MODEL: a file, or the name of a made one (bench/mobilenet.ts). onnxruntime-web is no dependency (over 100 MB
 * installed): --ort is the folder of its package, by default the one that node finds. What a peer can't do is
 * said under the table. --write puts the table into
 * docs/performance.md. --build: our kernels in this build (usdot, sdot, dot16) instead of the fastest.
 * --least: the fastest block instead of the median one, in blocks of a third, where others use the machine too.
 */
import { chromium as browsers } from '@playwright/test';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from '../scripts/chromium.mjs';
import { serve } from '../scripts/serve.mjs';
import { buildPage } from './build.mjs';
import { layerText, refusals, table, write } from './text.mjs';
import { BLOCK_MS, inTurn, median } from './turns.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const made = ['MobileNetV1-0.25-96', 'MobileNetV2-224'];
const files = [
  ...['mnist-dense.h5', 'mnist-mobilenet.keras'].map((name) => join('public/samples', name)),
  ...['resnet8.h5', 'vww_96.h5', 'kws_int8.tflite', 'ad01.h5'].map((name) =>
    join('../shared/models/mlperf-tiny', name),
  ),
].map((path) => join(root, path));

const known = ['litert', 'ort', 'tfjs', 'webgpu'];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1,2' },
    peers: { type: 'string', default: 'litert' },
    ort: { type: 'string' },
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

const usual = (values) => (options.least ? Math.min(...values) : median(values));
const blockMs = options.least ? 20 : BLOCK_MS;

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

/** Ours and every peer, each with the same model in a page of its own. */
async function measure(browser, address, model, scheme, threads) {
  const request = {
    variant: options.build,
    ...{ model, scheme, threads, litert: `${address}litert/`, tfjs: `${address}tfjs/` },
    ort: ort && `${address}ort/`,
  };
  const sides = ['ours', ...asked];
  const pages = [];
  try {
    for (const side of sides) {
      const { page, ask } = await openPage(browser, address);
      pages.push({ side, page, ask });
      pages.at(-1).opened = await ask({ kind: 'open', request: { ...request, side } });
    }
    const [ours, ...others] = pages;
    if (typeof ours.opened === 'string') throw new Error(ours.opened);
    const compared = others.filter(({ opened }) => typeof opened !== 'string');
    const asks = [ours, ...compared].map(({ ask }) => ask);
    const times = (await inTurn(asks, Number(options.seconds), blockMs)).map(usual);
    const layers = options.layers ? await ours.ask({ kind: 'layers' }) : undefined;
    if (typeof layers === 'string') throw new Error(layers);
    return {
      model: model.made ?? model.name,
      scheme,
      threads,
      engine: ours.opened.label,
      ours: times[0],
      peers: Object.fromEntries(
        others.map(({ side, opened }) => {
          const at = compared.findIndex((one) => one.side === side);
          if (at < 0) return [side, { refusal: opened }];
          return [
            side,
            {
              ms: times[at + 1],
              label: opened.label,
              difference: difference(ours.opened.outputs, opened.outputs),
            },
          ];
        }),
      ),
      ...layers,
    };
  } finally {
    for (const { page } of pages) await page.close();
  }
}

async function launch(address, models) {
  const browser = await browsers.launch({
    executablePath: chromium(),
    args: asked.includes('webgpu')
      ? ['--no-sandbox', '--enable-unsafe-webgpu', '--enable-features=Vulkan']
      : ['--no-sandbox', '--disable-gpu'],
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
    const peers = asked.map((side) => {
      const found = all.map((one) => one.peers[side]);
      const { refusal, difference: differs } = found[0];
      if (found.some(({ ms }) => ms === undefined)) return [side, { refusal, ratios: [] }];
      return [
        side,
        {
          ms: median(found.map(({ ms }) => ms)),
          ratios: found.map(({ ms }, at) => ms / all[at].ours),
          difference: differs,
          label: found[0].label,
        },
      ];
    });
    return { ...first, ours: median(all.map((one) => one.ours)), peers: Object.fromEntries(peers) };
  });
}

/** Engines beside ours as they call themselves, without their threads. */
function peerLabels(found) {
  const labels = found.flatMap(({ peers }) => Object.values(peers).map(({ label }) => label));
  const plain = labels.flatMap((label) => (label ? [label.replace(/, \d+ threads?.*/, '')] : []));
  return [...new Set(plain)].map((label) => `${label}; `).join('');
}

function ortFolder() {
  if (options.ort) return resolve(options.ort);
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve('onnxruntime-web')), '..');
  } catch {
    return undefined;
  }
}

const asked = options.peers.split(',').filter((one) => one !== '');
for (const one of asked)
  if (!known.includes(one)) {
    console.error(`There is no peer "${one}"; there are ${known.join(', ')}.`);
    process.exit(1);
  }
const ort = asked.includes('ort') ? ortFolder() : undefined;
if (ort && !existsSync(join(ort, 'dist/ort.wasm.min.mjs'))) {
  console.error(`${ort} is not the folder of an onnxruntime-web package.`);
  process.exit(1);
}
const names = positionals.length > 0 ? positionals : [...files, ...made];
const absent = names.filter((name) => !made.includes(name) && !existsSync(resolve(name)));
for (const name of absent) console.log(`${basename(name)} is not here: left out.`);
const models = names.filter((name) => !absent.includes(name));
const paths = models.filter((name) => !made.includes(name)).map((name) => resolve(name));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  await buildPage(folder, paths, ort);
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
  const about = `${cpus()[0].model.trim()}, ${cpus().length} cores; Chromium ${launches[0].version}; ${found[0].engine.replace(/, \d+ threads?.*/, '')}; ${peerLabels(found)}medians of ${launches.length} launches (least–most).`;
  console.log(`${about}\n\n${table(found, asked, true)}`);
  const missing = refusals(found);
  if (missing.length > 0) console.log(`\n${missing.join('\n')}`);
  for (const one of found) if (one.layers) console.log(layerText(one));
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ about, rows: found }, undefined, 1)}\n`);
  if (options.write)
    write(join(root, 'docs/performance.md'), `${about}\n\n${table(found, asked, false)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
