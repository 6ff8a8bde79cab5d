/**
 * npm run firefox [-- MODEL…] [--seconds 2] [--write]
 * The kernels in Firefox, which no other test sees: every WASM build against the reference, threads, and our
 * int8 against our float32 and LiteRT.js, one page each in turn. Firefox is driven over WebDriver BiDi; it is
 * FIREFOX_PATH or an installed one, never downloaded. --write puts the table into docs/performance.md.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { buildPage } from '../bench/build.mjs';
import { write } from '../bench/text.mjs';
import { inTurn, median } from '../bench/turns.mjs';
import { serve } from './serve.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '2' },
    write: { type: 'boolean', default: false },
  },
});

function leave(sentence) {
  console.error(sentence);
  process.exit(1);
}

const executablePath = [
  process.env.FIREFOX_PATH,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/snap/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
].find((path) => path && existsSync(path));
if (!executablePath)
  leave(
    'No Firefox found. Install one (Debian: apt-get install firefox-esr), or set FIREFOX_PATH to its binary.',
  );
const puppeteer = await import('puppeteer-core').catch(() =>
  leave('puppeteer-core is missing: npm install brings it.'),
);

const made = ['MobileNetV1-0.25-96', 'MobileNetV2-224'];
const names =
  positionals.length > 0
    ? positionals
    : [join(root, 'public/samples/mnist-mobilenet.keras'), ...made];
const files = names.filter((name) => !made.includes(name)).map((name) => resolve(name));

/** Typed arrays don't cross BiDi: answers come as JSON. */
const inPage = async (page, name, request) =>
  JSON.parse(
    await page.evaluate(
      async (fn, asked) => JSON.stringify(await globalThis[fn](asked)),
      name,
      request,
    ),
  );

async function opened(browser, address, wanted) {
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction((name) => globalThis[name] !== undefined, {}, wanted);
  return page;
}

/** Every build against the reference, and threads; the sentences that go wrong. */
async function kernels(browser, folder) {
  await build({
    root: join(root, 'e2e/kernels'),
    ...{ configFile: false, base: './', publicDir: false, logLevel: 'error' },
    worker: { format: 'es' },
    build: { target: 'es2022', outDir: folder, emptyOutDir: true, chunkSizeWarningLimit: 8000 },
  });
  const { server, address } = await serve(0, { folder });
  const wrong = [];
  try {
    const page = await opened(browser, address, 'checkKernels');
    const isolated = await page.evaluate(() => globalThis.crossOriginIsolated);
    if (!isolated) wrong.push('The page is not cross-origin isolated.');
    for (const one of await inPage(page, 'checkKernels')) {
      const { variant, validates, available, chosen, cases, differences } = one;
      const how = available
        ? `${cases} cases equal the reference`
        : validates
          ? 'multiplies otherwise here: not used'
          : 'refused by this browser';
      console.log(`${variant}: ${how}${chosen ? ' (chosen)' : ''}`);
      for (const difference of differences) wrong.push(`${variant} differs: ${difference}`);
    }
    const threads = await inPage(page, 'checkThreads');
    console.log(`${threads.label}; ${threads.tiles} tiles by helpers`);
    if (threads.threads !== threads.asked) wrong.push('Threads fell back to one.');
    for (const difference of threads.differences) wrong.push(`threads differ: ${difference}`);
    const gpu = await page.evaluate(async () => {
      const adapter = await globalThis.navigator.gpu?.requestAdapter();
      return adapter ? 'an adapter' : globalThis.navigator.gpu ? 'no adapter' : 'no WebGPU';
    });
    console.log(`WebGPU: ${gpu}`);
    await page.close();
  } finally {
    server.close();
  }
  return wrong;
}

async function timed(browser, address, model, threads) {
  const request = { model, threads, litert: `${address}litert/` };
  const sides = [
    ['float32', 'ours'],
    ['int8', 'ours'],
    ['float32', 'litert'],
    ['int8', 'litert'],
  ];
  const pages = [];
  try {
    for (const [scheme, side] of sides) {
      const page = await opened(browser, address, 'ask');
      const answer = await inPage(page, 'ask', {
        kind: 'open',
        request: { ...request, scheme, side },
      });
      if (typeof answer === 'string') {
        if (side === 'ours') throw new Error(answer);
        console.log(`LiteRT.js has no figure of ${scheme}, ${threads} threads: ${answer}`);
      }
      pages.push({ page, answer });
    }
    const asks = pages.flatMap(({ page, answer }) =>
      typeof answer === 'string' ? [] : [(asked) => inPage(page, 'ask', asked)],
    );
    const times = await inTurn(asks, Number(options.seconds) * sides.length);
    const ms = pages.map(({ answer }) =>
      typeof answer === 'string' ? undefined : median(times.shift()),
    );
    return { label: pages[1].answer.label, ms };
  } finally {
    for (const { page } of pages) await page.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'firefox-'));
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath,
  protocolTimeout: 600_000,
});
try {
  const version = await browser.version();
  console.log(version);
  const wrong = await kernels(browser, join(folder, 'kernels'));
  await buildPage(join(folder, 'bench'), files);
  const { server, address } = await serve(0, { folder: join(folder, 'bench') });
  const rows = [];
  let label = '';
  try {
    for (const name of names)
      for (const threads of cpus().length > 1 ? [1, Math.min(8, cpus().length)] : [1]) {
        const model = made.includes(name)
          ? { made: name }
          : { name: basename(name), url: `${address}model${files.indexOf(resolve(name))}` };
        const found = await timed(browser, address, model, threads);
        label = found.label.replace(/, \d+ threads?.*/, '');
        const [float, int8, theirFloat, theirInt8] = found.ms;
        const ratio = (a, b) => (a === undefined ? '–' : (a / b).toFixed(2));
        rows.push([
          ...[basename(name), threads, float.toPrecision(3), int8.toPrecision(3)],
          ...[ratio(float, int8), ratio(theirFloat, float), ratio(theirInt8, int8)],
        ]);
        console.log(rows.at(-1).join('  '));
      }
  } finally {
    server.close();
  }
  const head = [
    ...['model', 'threads', 'float32, ms', 'int8, ms', 'float32 / int8'],
    ...['LiteRT.js / ours, float32', 'LiteRT.js / ours, int8'],
  ];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const table = [head, head.map(() => '---'), ...rows].map(line).join('\n');
  const about = `${cpus()[0].model.trim()}, ${cpus().length} cores; ${version}; ${label}; medians of blocks in turn, one launch.`;
  console.log(`${about}\n\n${table}`);
  if (options.write) write(join(root, 'docs/performance.md'), `${about}\n\n${table}`, 'firefox');
  for (const sentence of wrong) console.error(sentence);
  if (wrong.length > 0) process.exitCode = 1;
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
